export interface ShardOfStories {
  readonly stories: readonly string[];
  /** What they are expected to take; a count without times. */
  readonly weight: number;
}

/** A skipped story takes no time, and a file is read all the same. */
const leastMs = 1_000;

/**
 * Longest first, each to the shard that has least so far. Depends on its arguments alone, in whatever order the stories
 * come: each machine finds the same.
 *
 * @param times by story; one that isn't there counts as the mean of those that are; without any, all count alike
 */
export function splitStories(
  stories: readonly string[],
  total: number,
  times?: ReadonlyMap<string, number>,
): readonly ShardOfStories[] {
  const known = stories.flatMap((story) => times?.get(story) ?? []);
  const usual = Math.max(leastMs, known.reduce((sum, ms) => sum + ms, 0) / Math.max(1, known.length));
  const weightOf = (story: string) => (times === undefined ? 1 : Math.max(leastMs, times.get(story) ?? usual));
  const shards = Array.from({ length: total }, () => ({ stories: [] as string[], weight: 0 }));
  // Not by locale, which differs between machines.
  const inOrder = stories.toSorted((a, b) => weightOf(b) - weightOf(a) || (a < b ? -1 : 1));
  for (const story of inOrder) {
    const least = shards.reduce((best, shard) => (isLess(shard, best) ? shard : best));
    least.stories.push(story);
    least.weight += weightOf(story);
  }
  return shards.map((shard) => ({ ...shard, stories: shard.stories.toSorted() }));
}

/** Of two alike, the one with fewer stories; then the first. */
function isLess(a: { weight: number; stories: readonly string[] }, b: typeof a): boolean {
  return a.weight < b.weight || (a.weight === b.weight && a.stories.length < b.stories.length);
}
