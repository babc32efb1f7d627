import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { UsageError } from '@meho/core/problem';
import { TerminalProgress } from '@meho/core/report/terminal';
import { Timeline } from '@meho/core/report/timeline';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { acceptance } from '../acceptance.ts';
import type { CommandContext } from '../command.ts';
import { faults } from '../faults.ts';
import { RunResults } from '../running/run-results.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'reuse-'));
  // No run of this machine is seen from there.
  vi.stubEnv('TMPDIR', folder);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const timeline = new Timeline();
const stream = new PassThrough() as unknown as NodeJS.WriteStream;
const context: CommandContext = {
  signal: new AbortController().signal,
  progress: new TerminalProgress({ stream, colour: false, timeline }),
  timeline,
  results: new RunResults(),
};

const nothing = '--use up: nothing is up; bring it up by `npm run up`, in another terminal';

test.each([
  ['--use up, and nothing is', ['--use', 'up'], nothing],
  ['--use up with a plan', ['--use', 'up', '--plan'], '--use up and --plan contradict each other'],
  [
    '--rerun-failed with a suite',
    ['--rerun-failed', '--suite', 'smoke'],
    '--rerun-failed and --suite contradict each other',
  ],
  [
    '--pause-on-fail without a terminal',
    ['--pause-on-fail'],
    '--pause-on-fail: expected a terminal to wait on, and standard input and error are not both one',
  ],
])('acceptance %s: one line before anything is started', async (_, args, line) => {
  await expect(acceptance.run(args, context)).rejects.toEqual(new UsageError([line]));
});

test.each([
  ['--use up, and nothing is', ['smoke', '--use', 'up'], nothing],
  ['--use up of what needs no cluster', ['green-counter', '--use', 'up'], '--use up: green-counter needs no cluster'],
  ['--keep of what needs no cluster', ['green-counter', '--keep'], '--keep: green-counter needs no cluster'],
  ['--rerun-failed with a name', ['--rerun-failed', '-t', 'token'], '--rerun-failed and --test contradict each other'],
  ['--rerun-failed with a suite', ['smoke', '--rerun-failed'], '--rerun-failed and smoke contradict each other'],
])('faults %s: one line before anything is started', async (_, args, line) => {
  await expect(faults.run(args, context)).rejects.toEqual(new UsageError([line]));
});
