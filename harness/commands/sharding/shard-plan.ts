import type { ShardRecord } from '@meho/core/report/run-report';
import { seconds } from '@meho/core/report/timeline';
import type { ShardNumber } from './shard-flags.ts';
import { type ShardOfStories, splitStories } from './split-stories.ts';
import type { StoryTimes } from './story-times.ts';

export interface ShardPlan {
  /** For people: what each shard is expected to take. */
  readonly lines: readonly string[];
  readonly record: Pick<ShardRecord, 'index' | 'total' | 'stories' | 'all' | 'splitBy'>;
}

/** @param stories all that are selected */
export function planShard(
  { index, total }: ShardNumber,
  stories: readonly string[],
  times: StoryTimes | undefined,
): ShardPlan {
  const shards = splitStories(stories, total, times?.ms);
  const own = shards[index - 1]?.stories ?? [];
  const by = times === undefined ? 'their number (no --times)' : `the times of ${times.place}`;
  return {
    lines: [
      `shard ${index}/${total} of ${stories.length} stories, split by ${by}:`,
      ...shards.map((shard, at) => shardLine(shard, at + 1, { index, total }, times)),
      ...(times === undefined ? [] : balanceLines(shards, times, stories)),
    ],
    record: {
      index,
      total,
      stories: own,
      all: stories,
      splitBy: times === undefined ? 'number' : `times ${times.digest}`,
    },
  };
}

function shardLine(
  { stories, weight }: ShardOfStories,
  at: number,
  { index, total }: ShardNumber,
  times: StoryTimes | undefined,
): string {
  const count = `${stories.length} ${stories.length === 1 ? 'story' : 'stories'}`;
  const predicted = times === undefined ? '' : `${seconds(weight).padStart(12)}  `;
  return `  ${`${at}/${total}`.padStart(5)}  ${predicted}${count}${at === index ? '  (this one)' : ''}`;
}

function balanceLines(
  shards: readonly ShardOfStories[],
  { setUpMs, ms }: StoryTimes,
  stories: readonly string[],
): readonly string[] {
  const whole = shards.reduce((sum, { weight }) => sum + weight, 0);
  const longest = Math.max(...shards.map(({ weight }) => weight));
  const share = (100 * (longest + setUpMs)) / Math.max(1, whole + setUpMs);
  const unknown = stories.filter((story) => !ms.has(story)).length;
  return [
    `  each brings up its environment first, which took ${seconds(setUpMs)}; together the longest takes ${share.toFixed(0)} % of what one machine does`,
    ...(unknown === 0 ? [] : [`  stories that the times don't have: ${unknown}, taken for as long as the mean`]),
  ];
}
