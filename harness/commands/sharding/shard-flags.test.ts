import { readFlags } from '@meho/core/command-line/flags';
import { aRun } from '@meho/core/report/testing/a-run';
import { expect, test } from 'vitest';
import { runsOnDisk } from '../report/testing/runs-on-disk.ts';
import { selectedStories, shardFlags, shardProblems } from './shard-flags.ts';

const read = (...args: readonly string[]) => readFlags(shardFlags, args);

test('a shard is one of some', () => {
  expect(read('--shard', '2/5').values.shard).toEqual({ index: 2, total: 5 });
  expect(read('--shard=1/1').values.shard).toEqual({ index: 1, total: 1 });
  expect(read().values).toEqual({ shard: undefined, times: undefined });
});

test.each([
  '0/5',
  '6/5',
  'a/b',
  '5',
  '1/',
  '/5',
  '1/0',
  '-1/5',
  '1/100',
  '01/5',
  '1/5/2',
  '1.5/3',
  ' 1/5',
  '1 / 5',
  '',
])('--shard=%s is refused in one line', (text) => {
  expect(read(`--shard=${text}`).problems).toEqual([
    `--shard: expected N/TOTAL with N from 1 to TOTAL, and at most 99 shards, e.g. 2/5, got ${JSON.stringify(text)}`,
  ]);
});

test('times are those of a run of acceptance', async () => {
  await using runs = await runsOnDisk();
  const run = await runs.put('run', aRun());
  const faults = await runs.put('faults', aRun({ command: 'faults' }));
  expect(read('--times', run).values.times?.ms.get('suites/smoke/b.spec.ts')).toBe(4_900);
  expect(read('--times', faults).problems).toEqual([
    expect.stringMatching(/^--times: expected the report of a run of acceptance, and this is one of faults, got /),
  ]);
  expect(read('--times', runs.folder).problems).toEqual([
    expect.stringMatching(/^--times: expected the report of a run; .* seen no report\.json in this folder/),
  ]);
});

const shard = (index: number, total: number) => ({ index, total });

test('more shards than stories are refused, of each of them alike', () => {
  for (const index of [1, 2, 3]) {
    expect(shardProblems({ shard: shard(index, 3), suite: ['install/cold-install', 'smoke/faults'] }, {})).toEqual([
      `--shard ${index}/3: expected at most as many shards as stories, seen 2 stories selected; next: take 2 or fewer`,
    ]);
  }
  expect(shardProblems({ shard: shard(1, 2), suite: ['install/cold-install', 'smoke/faults'] }, {})).toEqual([]);
  expect(shardProblems({ shard: shard(1, 99) }, {})).toEqual([expect.stringMatching(/seen \d+ stories selected/)]);
});

test('what chooses tests contradicts a shard, and times go with one', () => {
  const asked = { shard: shard(1, 2) };
  expect(shardProblems(asked, { test: 'x', 'rerun-failed': true })).toEqual([
    '--shard and --test contradict each other',
    '--shard and --rerun-failed contradict each other',
  ]);
  expect(shardProblems(asked, { test: undefined, 'rerun-failed': false })).toEqual([]);
  const times = { place: '', digest: '', ms: new Map<string, number>(), setUpMs: 0 };
  expect(shardProblems({ times }, {})).toEqual(['--times goes with --shard']);
});

test('stories are selected as the test runner selects them, each once', () => {
  const all = selectedStories([]);
  expect(all.length).toBeGreaterThan(20);
  expect(all).toEqual(all.toSorted());
  expect(selectedStories(['install/failures'])).toEqual(['suites/install/failures.spec.ts']);
  const smoke = selectedStories(['smoke', 'smoke/faults']);
  expect(smoke.length).toBeGreaterThan(3);
  expect(smoke.every((story) => story.startsWith('suites/smoke/'))).toBe(true);
  expect(new Set(smoke).size).toBe(smoke.length);
});
