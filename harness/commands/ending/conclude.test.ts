import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { Problem, UsageError } from '@meho/core/problem';
import type { Tally } from '@meho/core/report/tally';
import { TerminalProgress } from '@meho/core/report/terminal';
import { Timeline } from '@meho/core/report/timeline';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CommandContext } from '../command.ts';
import { RunResults } from '../running/run-results.ts';
import { CleanUpError } from './clean-up.ts';
import { conclude } from './conclude.ts';
import type { RunEnd } from './write-reports.ts';

let lines: string[];
let folder: string;
const summary = () => path.join(folder, 'summary.md');
beforeEach(async () => {
  lines = [];
  folder = await mkdtemp(path.join(tmpdir(), 'conclude-'));
  vi.stubEnv('GITHUB_STEP_SUMMARY', summary());
  const keep = (text: string | Uint8Array) => {
    lines.push(...String(text).replace(/\n$/, '').split('\n'));
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(keep);
  vi.spyOn(process.stderr, 'write').mockImplementation(keep);
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const early = {
  project: 'unit',
  file: 'packages/a.test.ts',
  names: ['holds'],
  detail: '    expected 1, seen 2\n    password=hunter2hunter2\n    at packages/a.test.ts:3:1',
};
const green: Tally = { passed: 5, failed: 0, skipped: 0 };
const broken = new Problem({ expected: 'images', observed: 'no space left', next: 'free some' });

async function ended(
  later: (context: CommandContext) => Promise<Tally>,
  signal = new AbortController().signal,
  report?: (end: RunEnd) => Promise<readonly string[]>,
) {
  const timeline = new Timeline();
  const stream = new PassThrough({ encoding: 'utf8' });
  stream.on('data', (text: string) => lines.push(...text.replace(/\n$/, '').split('\n')));
  const progress = new TerminalProgress({
    stream: stream as unknown as NodeJS.WriteStream,
    colour: false,
    timeline,
  });
  const context: CommandContext = { signal, progress, timeline, results: new RunResults() };
  const failed = { passed: 3, failed: 1, skipped: 2 };
  const work = async () => {
    await progress.step('unit tests', async () => context.results.add(failed, [early]));
    const tally = await progress.step('later tests', () => later(context));
    return { ...tally, failed: tally.failed + 1 };
  };
  return conclude(work(), context, {
    ran: { command: 'npm test --', args: [] },
    ...(report === undefined ? {} : { report }),
  });
}

const after = (line: string | RegExp) => {
  const at = lines.findIndex((each) => (typeof line === 'string' ? each === line : line.test(each)));
  expect(at).toBeGreaterThan(-1);
  return lines.slice(at);
};

test('what failed in the first phase stands at the end: after the phases, before the count', async () => {
  expect(await ended(async () => green)).toBe(1);
  expect(after(/^total /).slice(1)).toEqual([
    '',
    '',
    'failed: 1',
    '  unit › packages/a.test.ts › holds',
    '      expected 1, seen 2',
    '      password=[redacted]',
    '      at packages/a.test.ts:3:1',
    "      run it again: npx vitest run --project unit packages/a.test.ts -t '^holds$'",
    '',
    '5 passed, 1 failed, 0 skipped',
  ]);
});

test('the same list is in the summary of a workflow step', async () => {
  await ended(async () => green);
  expect(await readFile(summary(), 'utf8')).toMatch(
    /^<pre>failed&#58; 1\n.*holds\n[^<]*&#91;redacted&#93;[^<]*run it again/,
  );
});

test('a phase that ends without results is one of them: no verdict, and still the count comes last', async () => {
  expect(await ended(() => Promise.reject(broken))).toBe(2);
  expect(after('failed: 2')).toEqual([
    'failed: 2',
    expect.stringContaining('holds'),
    ...Array.from({ length: 4 }, () => expect.any(String)),
    '  later tests',
    '      error: expected images',
    '      seen no space left',
    '      next: free some',
    '      run it again: npm test',
    '',
    '3 passed, 2 failed, 2 skipped',
  ]);
});

test('what could not be removed is one of them', async () => {
  expect(await ended(() => Promise.reject(new CleanUpError(new Error('in use'), green)))).toBe(1);
  expect(after('failed: 2')).toContain('      seen in use');
  expect(lines.at(-1)).toBe('5 passed, 1 failed, 0 skipped');
});

test('an interruption lists what had failed, and is no verdict', async () => {
  const interrupted = new AbortController();
  const running = ended(async () => {
    interrupted.abort(new Error('interrupted'));
    throw interrupted.signal.reason;
  }, interrupted.signal);
  await expect(running).rejects.toThrow('interrupted');
  expect(after('failed: 1')[1]).toContain('holds');
  expect(lines.join('\n')).not.toContain('passed');
});

test('bad input is only said', async () => {
  await expect(ended(() => Promise.reject(new UsageError(['--a'])))).rejects.toThrow('--a');
  expect(lines.join('\n')).not.toContain('failed:');
});

test('a report is written however the run ended, and says of which it was', async () => {
  const ends: RunEnd[] = [];
  const report = async (end: RunEnd) => {
    ends.push(end);
    return ['report: here'];
  };
  const { signal } = new AbortController();
  await ended(async () => green, signal, report);
  await ended(() => Promise.reject(broken), signal, report);
  const interrupted = new AbortController();
  const running = ended(
    async () => {
      interrupted.abort(new Error('interrupted'));
      throw interrupted.signal.reason;
    },
    interrupted.signal,
    report,
  );
  await expect(running).rejects.toThrow('interrupted');
  expect(ends.map((end) => end.ended)).toEqual([
    undefined,
    { how: 'broke off', during: 'later tests', why: expect.stringContaining('no space left') },
    { how: 'interrupted', during: 'later tests', why: 'interrupted' },
  ]);
  expect(lines.filter((line) => line === 'report: here')).toHaveLength(3);
});

test('a report that can’t be written hides neither why a run broke off, nor its exit code', async () => {
  const report = () => Promise.reject(new Error('the disk is full'));
  const { signal } = new AbortController();
  expect(await ended(() => Promise.reject(broken), signal, report)).toBe(2);
  expect(lines.join('\n')).toContain('error: the disk is full');
  expect(after('failed: 2')).toContain('      seen no space left');
});
