import { copyFile, link, mkdir, symlink, truncate } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from '@meho/core/problem';
import { aRun } from '@meho/core/report/testing/a-run';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readRun, readRuns } from './given-run.ts';
import { type RunsOnDisk, runsOnDisk } from './testing/runs-on-disk.ts';

let runs: RunsOnDisk;
beforeAll(async () => {
  runs = await runsOnDisk();
});
afterAll(() => runs[Symbol.asyncDispose]());

function linesOf(work: () => unknown): readonly string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof UsageError) {
      return error.problems;
    }
    throw error;
  }
  throw new Error('it was accepted');
}

test('a run is named by its folder or its report', async () => {
  const folder = await runs.put('named', aRun());
  expect(readRun(folder).report.tests).toHaveLength(4);
  expect(readRun(path.join(folder, 'report.json'))).toEqual({ ...readRun(folder), place: `${folder}/report.json` });
});

test.each([
  ['text', 'hello', /seen text that is no JSON, or is cut off;/],
  ['a report that is cut off', JSON.stringify(aRun()).slice(0, -20), /is cut off;/],
  ['an empty file', '', /seen nothing: it is empty;/],
  ['null', 'null', /seen JSON that is none: it must be object;/],
  ['another document', '{"numTotalTests": 3}', /it must have required property 'schemaVersion';/],
  ['a list', '[]', /it must be object;/],
  ['a newer report', JSON.stringify({ ...aRun(), schemaVersion: 2 }), /schemaVersion 1, seen 2; next: read it with/],
  [
    'a test without its state',
    JSON.stringify({ ...aRun(), tests: [{ file: 'a', name: 'b' }] }),
    /at \/tests\/0 it must/,
  ],
  ['green with a failure', JSON.stringify(aRun({ outcome: 'passed' })), /at \/tally\/failed it must be equal to/],
  ['a start that is no date', JSON.stringify(aRun({ startedAt: 'soon' })), /the start "soon", which is no date;/],
])('%s is refused in one line', async (name, content, line) => {
  const file = await runs.putFile(`bad/${name}.json`, content);
  const lines = linesOf(() => readRun(file));
  expect(lines).toEqual([expect.stringMatching(line)]);
  expect(lines[0]).not.toContain('\n');
  expect(lines[0]?.startsWith(`${file}: expected `)).toBe(true);
});

test('a folder without a report, a file that is not there and one that is huge are refused in one line', async () => {
  const empty = path.join(runs.folder, 'empty');
  await mkdir(empty);
  expect(linesOf(() => readRun(empty))).toEqual([expect.stringMatching(/seen no report\.json in this folder/)]);
  expect(linesOf(() => readRun(path.join(runs.folder, 'nowhere')))).toEqual([expect.stringMatching(/there is none/)]);
  const huge = await runs.putFile('huge.json', '');
  // Without writing that much.
  await truncate(huge, 33 * 1024 * 1024);
  expect(linesOf(() => readRun(huge))).toEqual([expect.stringMatching(/larger than 32 MiB/)]);
});

test('the same run twice is said, by its folder and file, a link or a copy', async () => {
  const folder = await runs.put('same', aRun({ startedAt: '2026-02-02T02:02:02.000Z' }));
  const file = path.join(folder, 'report.json');
  const [soft, hard, copy] = ['soft', 'hard', 'copy'].map((name) => path.join(runs.folder, `${name}.json`));
  await Promise.all([symlink(file, soft ?? ''), link(file, hard ?? ''), copyFile(file, copy ?? '')]);
  for (const other of [folder, file, soft, hard, copy]) {
    expect(linesOf(() => readRuns([folder, other ?? '']))).toEqual([
      expect.stringMatching(/expected another run than .*same, seen the same one/),
    ]);
  }
});

test('all that can’t be read are told at once', () => {
  expect(linesOf(() => readRuns(['/nowhere/a', '/nowhere/b']))).toHaveLength(2);
});

test('no text of a report makes a line of its own, or brings a secret', async () => {
  const tests = [
    { file: 'a', name: 'x\nPASS', state: 'failed', durationMs: 1, detail: 'password=hunter2secret\nb' },
  ] as const;
  const { report } = readRun(await runs.put('nasty', aRun({ command: 'a\r\u001B[2J', tests })));
  expect(report.command).not.toMatch(/\p{Cc}/u);
  expect(report.tests[0]?.detail).not.toContain('hunter2secret');
  expect(report.tests[0]?.detail).toContain('\nb');
});
