import { seconds } from '@meho/core/report/timeline';

/** Fewer earlier times say nothing of their spread. */
const enoughForSpread = 4;
const ratio = 1.5;
const floorMs = 2_000;
/** Of normally spread times, one in 16,000 is further away by chance. */
const spreads = 4;
/** Makes the median deviation comparable with a standard deviation. */
const madFactor = 1.4826;

export const noiseRule = [
  `a time is beyond noise if it differs from each earlier one by a factor of ${ratio} and by ${floorMs / 1000} s`,
  `with ${enoughForSpread} earlier runs or more: from their median by ${spreads} times their spread (${madFactor} times the median deviation) and by ${floorMs / 1000} s`,
].join('; ');

export type Change = 'slower' | 'faster';

/** @returns undefined within noise, or without an earlier time */
export function beyondNoise(before: readonly number[], after: number): Change | undefined {
  return before.length >= enoughForSpread ? bySpread(before, after) : byRatio(before, after);
}

function byRatio(before: readonly number[], after: number): Change | undefined {
  if (before.length === 0) {
    return undefined;
  }
  const most = Math.max(...before);
  const least = Math.min(...before);
  if (after >= most * ratio && after - most >= floorMs) {
    return 'slower';
  }
  return after * ratio <= least && least - after >= floorMs ? 'faster' : undefined;
}

function bySpread(before: readonly number[], after: number): Change | undefined {
  const middle = median(before);
  const spread = madFactor * median(before.map((each) => Math.abs(each - middle)));
  const distance = Math.abs(after - middle);
  if (distance < floorMs || distance < spreads * spread) {
    return undefined;
  }
  return after > middle ? 'slower' : 'faster';
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[sorted.length / 2 - 1] ?? 0) + upper) / 2;
}

/** What an earlier time is shown as. */
export function earlier(before: readonly number[]): string {
  return before.length === 1
    ? seconds(before[0] ?? 0)
    : `${seconds(median(before))} (${seconds(Math.min(...before))} to ${seconds(Math.max(...before))})`;
}
