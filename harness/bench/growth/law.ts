import { seconds } from '@meho/core/report/timeline';

/** What a verdict may cost as what it reads grows. */
export interface Law {
  /** For each more of it, in milliseconds; 0: flat. */
  readonly msEach: number;
  /** MiB that a verdict may hold at any size. */
  readonly mib: number;
}

/** One size, at its best: on a busy machine other work only ever adds. */
export interface Point {
  readonly size: number;
  readonly ms: number;
  readonly mib: number;
}

/** A machine's own unevenness, beside the smallest size. */
const tolerance = { factor: 1.5, ms: 250 } as const;

export function allowedMs({ msEach }: Law, smallest: Point, size: number): number {
  return smallest.ms * tolerance.factor + tolerance.ms + msEach * (size - smallest.size);
}

/** @param points smallest first @returns what breaks the law, a sentence each */
export function breaches(law: Law, points: readonly Point[]): readonly string[] {
  const [smallest] = points;
  if (smallest === undefined || points.length < 2) {
    throw new Error(`a law is judged by two sizes or more, not by ${points.length}`);
  }
  return points.flatMap(({ size, ms, mib }) => {
    const allowed = allowedMs(law, smallest, size);
    return [
      ...(ms > allowed
        ? [
            `${seconds(ms)} at ${count(size)}, where ${seconds(allowed)} are allowed beside ${seconds(smallest.ms)} at ${count(smallest.size)}`,
          ]
        : []),
      ...(mib > law.mib ? [`${Math.round(mib)} MiB at ${count(size)}, where ${law.mib} are allowed`] : []),
    ];
  });
}

export function lawText({ msEach, mib }: Law): string {
  const time = msEach === 0 ? 'flat' : `at most ${msEach} ms for each more`;
  return `${time}, at most ${mib} MiB`;
}

export const count = (size: number) => size.toLocaleString('en');
