import { globSync } from 'node:fs';
import path from 'node:path';
import { Invalid, optional, type ValuesOf } from '@meho/core/command-line/flags';
import { repositoryRoot } from '@meho/core/repository';
import { filesOf } from '../calling/suite-flags.ts';
import { readStoryTimes } from './story-times.ts';

export interface ShardNumber {
  /** From 1 on. */
  readonly index: number;
  readonly total: number;
}

const mostShards = 99;

export const shardFlags = {
  shard: optional(
    'N/TOTAL',
    'run only this share of the selected stories; `npm run report -- merge` puts them together',
    shardNumber,
  ),
  times: optional(
    'REPORT',
    'with --shard: balance by the times of this earlier run, its report.json or folder, the same for each shard; by the number of stories where absent',
    readStoryTimes,
  ),
};

export type ShardValues = ValuesOf<typeof shardFlags>;

/** @param others what chooses tests or stories as well, by flag */
export function shardProblems(
  values: Partial<ShardValues & { readonly suite: readonly string[] }>,
  others: Readonly<Record<string, unknown>>,
): readonly string[] {
  const { shard, times, suite = [] } = values;
  if (shard === undefined) {
    return times === undefined ? [] : ['--times goes with --shard'];
  }
  const { index, total } = shard;
  const found = selectedStories(suite).length;
  const few = `--shard ${index}/${total}: expected at most as many shards as stories, seen ${found} ${found === 1 ? 'story' : 'stories'} selected; next: take ${found} or fewer`;
  return [
    ...(found < total ? [few] : []),
    ...Object.entries(others).flatMap(([name, value]) =>
      value === undefined || value === false ? [] : [`--shard and --${name} contradict each other`],
    ),
  ];
}

/** @param suite as `--suite` gives them; all if empty. @returns paths in the repository, each once */
export function selectedStories(suite: readonly string[]): readonly string[] {
  const all = globSync('suites/**/*.spec.ts', { cwd: repositoryRoot }).map((file) => file.split(path.sep).join('/'));
  const wanted = suite.map(filesOf);
  return all.filter((file) => wanted.length === 0 || wanted.some((each) => file.startsWith(each))).toSorted();
}

function shardNumber(text: string): ShardNumber | Invalid {
  const [, index = 0, total = 0] = (/^([1-9]\d?)\/([1-9]\d?)$/.exec(text) ?? []).map(Number);
  return index >= 1 && index <= total
    ? { index, total }
    : new Invalid(`N/TOTAL with N from 1 to TOTAL, and at most ${mostShards} shards, e.g. 2/5`);
}
