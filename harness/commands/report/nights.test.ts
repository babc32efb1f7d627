import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from '@meho/core/problem';
import type { RunReport } from '@meho/core/report/run-report';
import { aRun } from '@meho/core/report/testing/a-run';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { countOf, greenStreak, stateOf } from './night-state.ts';
import { readNights, type Span } from './nights.ts';
import { runNights } from './nights-command.ts';
import { nightsPage } from './nights-page.ts';
import { type RunsOnDisk, runsOnDisk } from './testing/runs-on-disk.ts';

let runs: RunsOnDisk;
beforeEach(async () => {
  runs = await runsOnDisk();
});
afterEach(() => runs[Symbol.asyncDispose]());

const today = '2026-03-10';
const span: Span = { until: today, days: 31 };

const green = (date: string, changes: Partial<RunReport> = {}) =>
  aRun({
    startedAt: `${date}T02:17:00.000Z`,
    outcome: 'passed',
    tally: { passed: 3, failed: 0, skipped: 1 },
    tests: aRun().tests.map((each) => (each.state === 'failed' ? { ...each, state: 'passed' as const } : each)),
    ...changes,
  });
const red = (date: string) => aRun({ startedAt: `${date}T02:17:00.000Z` });

const states = () => readNights(runs.folder, span).nights.map((night) => `${night.date} ${stateOf(night, today)}`);

test('every day from the first run to the last day has its row, with a run or without', async () => {
  await runs.put('one', green('2026-03-05'));
  await runs.put('two', red('2026-03-06'));
  await runs.putFile('2026-03-07-88-1/report.html', '');
  await runs.putFile('2026-03-08-89-1/report.json', '{"schemaVersion":');
  expect(states()).toEqual([
    '2026-03-05 passed',
    '2026-03-06 failed',
    '2026-03-07 no verdict',
    '2026-03-08 unreadable',
    '2026-03-09 missing',
    '2026-03-10 not yet',
  ]);
});

test('a night whose run ended early has no verdict, whatever its tests say', async () => {
  const ended = { how: 'broke off', during: 'cluster', why: 'no room' } as const;
  await runs.put('one', green('2026-03-10', { outcome: 'failed', ended }));
  expect(states()).toEqual(['2026-03-10 no verdict']);
});

test('of two runs of a night the later one counts, whatever their folders are called', async () => {
  await runs.put('b', red('2026-03-10'));
  await runs.put('a', green('2026-03-10', { startedAt: '2026-03-10T09:00:00.000Z' }));
  expect(states()).toEqual(['2026-03-10 passed']);
  expect(readNights(runs.folder, span).nights[0]?.runs.map(({ name }) => name)).toEqual(['b', 'a']);
});

test('a report’s own start counts before the date in its folder’s name', async () => {
  await runs.put('2026-03-01-x', green('2026-03-10'));
  expect(states()).toEqual(['2026-03-10 passed']);
});

test('at most so many days are shown, and runs outside are counted', async () => {
  await runs.put('old', green('2026-01-01'));
  await runs.put('future', green('2026-04-01'));
  await runs.put('now', green(today));
  const { nights, outside } = readNights(runs.folder, { until: today, days: 3 });
  expect(nights.map(({ date }) => date)).toEqual(['2026-03-08', '2026-03-09', today]);
  expect(outside).toBe(2);
});

test('a folder of no known day is named', async () => {
  await runs.put('now', green(today));
  await mkdir(path.join(runs.folder, '2026-02-30-no-day'));
  await runs.putFile('broken/report.json', '[');
  expect(readNights(runs.folder, span).leftOut).toEqual([
    '2026-02-30-no-day',
    expect.stringMatching(/broken: expected the report of a run, seen text that is no JSON/),
  ]);
});

describe('a folder is refused in one line', () => {
  const linesOf = async (...args: readonly string[]) => {
    try {
      await runNights(args);
    } catch (error) {
      return error instanceof UsageError ? error.problems : [String(error)];
    }
    return ['it was accepted'];
  };

  test('without runs, of a file, that is not there, or with none up to the day', async () => {
    const file = await runs.putFile('a-file', '');
    expect(await linesOf(runs.folder)).toEqual([expect.stringMatching(/expected a folder for each run .* seen none;/)]);
    expect(await linesOf(file)).toEqual([expect.stringMatching(/a-file: expected a folder of runs, seen a file$/)]);
    expect(await linesOf('/nowhere')).toEqual([expect.stringMatching(/seen there is none \(ENOENT\)$/)]);
    await runs.put('now', green(today));
    expect(await linesOf(runs.folder, '--until', '2026-03-01')).toEqual([
      expect.stringMatching(/expected a run up to 2026-03-01, seen the earliest one on 2026-03-10$/),
    ]);
  });

  test('that is not named, or named twice; and flags that can’t be', async () => {
    expect(await linesOf()).toEqual(['nights: expected one folder of runs, seen none']);
    expect(await linesOf('a', 'b')).toEqual(['nights: expected one folder of runs, seen a b']);
    expect(await linesOf('a', '--until', '2026-02-30')).toEqual([
      '--until: expected a day as YYYY-MM-DD, got "2026-02-30"',
    ]);
    expect(await linesOf('a', '--days=0')).toEqual(['--days: expected a whole number from 1 to 366, got "0"']);
  });
});

describe('green nights in a row', () => {
  const streak = () => greenStreak(readNights(runs.folder, span).nights, today);

  test('are counted up to the last night, and today may still come', async () => {
    await runs.put('a', red('2026-03-07'));
    await runs.put('b', green('2026-03-08'));
    await runs.put('c', green('2026-03-09'));
    expect(streak()).toEqual({ nights: 2, since: '2026-03-08' });
  });

  test.each(['missing', 'no verdict', 'unreadable', 'failed'])('end with one that is %s', async (state) => {
    await runs.put('a', green('2026-03-08'));
    if (state === 'no verdict') {
      await mkdir(path.join(runs.folder, '2026-03-09'));
    }
    if (state === 'unreadable') {
      await runs.putFile('2026-03-09/report.json', '');
    }
    if (state === 'failed') {
      await runs.put('b', red('2026-03-09'));
    }
    expect(states()).toContain(`2026-03-09 ${state}`);
    expect(streak()).toBeUndefined();
    await runs.put('c', green(today));
    expect(streak()).toEqual({ nights: 1, since: today });
  });
});

test('states are counted by kind', () => {
  expect(countOf(['passed', 'missing', 'passed', 'failed'])).toBe('2 passed, 1 failed, 1 missing');
});

describe('the page', () => {
  const made = () =>
    nightsPage({
      ...readNights(runs.folder, span),
      today,
      madeAt: '2026-03-10T03:00:00.000Z',
      linkTo: ({ name }) => `${name}/report.html`,
    });

  test('says what failed, what is worse than the run before, and what else was under test', async () => {
    const { underTest } = green('2026-03-09');
    await runs.put('a', green('2026-03-09'));
    const cluster = { ...underTest?.cluster, kubernetesVersion: 'v1.36.0' };
    await runs.put('b', { ...red(today), underTest: { ...underTest, cluster } as RunReport['underTest'] & object });
    const text = made();
    expect(text).toContain('<li>the chain &gt; reads Vault</li>');
    expect(text).toContain('<li>worse: 1 new failure</li>');
    expect(text).toContain(
      '<summary>of another version: 1</summary><ul><li>Kubernetes: v1.34.4+k3s1 → v1.36.0</li></ul>',
    );
    expect(text).toContain('2 nights: 1 passed, 1 failed; the last one is not green.');
    expect(text.indexOf('2026-03-10</time>')).toBeLessThan(text.indexOf('2026-03-09</time>'));
  });

  test('makes no tag of a report’s or a folder’s text', async () => {
    const tests = aRun().tests.map((each) => ({ ...each, name: '<b>x</b>' }));
    await runs.put('<i>', aRun({ startedAt: `${today}T02:00:00Z`, tests }));
    await mkdir(path.join(runs.folder, '<u>'));
    expect(made()).not.toMatch(/<b>|<i>|<u>/);
  });
});

test('the command writes the page beside the runs, with links to reports that are there', async () => {
  await runs.put('a b', green(today));
  await writeFile(path.join(runs.folder, 'a b', 'report.html'), '');
  await runs.put('c', green('2026-03-09'));
  await mkdir(path.join(runs.folder, '2026-03-08'));
  expect(await runNights([runs.folder], Date.parse(`${today}T12:00:00Z`))).toBe(0);
  const text = await readFile(path.join(runs.folder, 'index.html'), 'utf8');
  expect([...text.matchAll(/href="([^"]+)"/g)].map(([, link]) => link)).toEqual(['a%20b/report.html', 'c/report.json']);
  const elsewhere = path.join(runs.folder, 'pages');
  await mkdir(elsewhere);
  await runNights([runs.folder, '--page', path.join(elsewhere, 'p.html')], Date.parse(`${today}T12:00:00Z`));
  expect(await readFile(path.join(elsewhere, 'p.html'), 'utf8')).toContain('href="../a%20b/report.html"');
});
