import type { RollbackBin, RollbackRecord, RollbackStage } from '@meho/core/report/rollback/rollback-record';
import type { Sample } from '../load/load-report.ts';

export interface Moment {
  readonly title: string;
  /** On the clock of the samples. */
  readonly atMs: number;
  readonly rows?: number;
}

export interface WatchedRollback {
  readonly ratePerSecond: number;
  /** The first is the load's start. */
  readonly moments: readonly [Moment, ...Moment[]];
  readonly endedMs: number;
  readonly samples: readonly Sample[];
  readonly rowsOfAnswered?: number;
}

/** A picture is no wider. */
const mostBins = 240;
const shortestBinMs = 500;
const mostGaps = 3;
const mostFailures = 5;

export function recordRollback({
  ratePerSecond,
  moments,
  endedMs,
  samples,
  rowsOfAnswered,
}: WatchedRollback): RollbackRecord {
  const originMs = moments[0].atMs;
  const durationMs = Math.round(endedMs - originMs);
  const binMs = Math.max(shortestBinMs, Math.ceil(durationMs / mostBins));
  const bins = Map.groupBy(samples, ({ sentMs }) => Math.floor((sentMs - originMs) / binMs));
  const answered = samples.filter(({ failure }) => failure === undefined);
  const gaps = gapsIn(answered, originMs, endedMs);
  return {
    ratePerSecond,
    durationMs,
    stages: moments.map((moment, index) =>
      stageOf(moment, moments[index + 1]?.atMs ?? endedMs, { samples, gaps, originMs }),
    ),
    binMs,
    bins: Array.from({ length: Math.max(1, Math.ceil(durationMs / binMs)) }, (_, index) =>
      binOf(bins.get(index) ?? []),
    ),
    gaps: gaps
      .toSorted((a, b) => b.durationMs - a.durationMs)
      .slice(0, mostGaps)
      .map(({ fromMs, durationMs: took }) => ({ fromMs: Math.round(fromMs - originMs), durationMs: Math.round(took) })),
    failures: samples
      .flatMap(({ sentMs, failure }) =>
        failure === undefined ? [] : [{ atMs: Math.round(sentMs - originMs), why: failure.slice(0, 200) }],
      )
      .toSorted((a, b) => a.atMs - b.atMs)
      .slice(0, mostFailures),
    answered: answered.length,
    ...(rowsOfAnswered === undefined ? {} : { rowsOfAnswered }),
  };
}

interface Gap {
  readonly fromMs: number;
  readonly durationMs: number;
}

/** Between answers, and before the first and after the last. */
function gapsIn(answered: readonly Sample[], startedMs: number, endedMs: number): readonly Gap[] {
  const moments = [startedMs, ...answered.map((sample) => sample.endedMs).toSorted((a, b) => a - b)];
  const last = moments.at(-1) ?? startedMs;
  return [...moments, Math.max(last, endedMs)]
    .slice(1)
    .map((moment, index) => ({ fromMs: moments[index] ?? moment, durationMs: moment - (moments[index] ?? moment) }));
}

interface Seen {
  readonly samples: readonly Sample[];
  readonly gaps: readonly Gap[];
  readonly originMs: number;
}

/** A gap counts where it begins. */
function stageOf({ title, atMs, rows }: Moment, untilMs: number, { samples, gaps, originMs }: Seen): RollbackStage {
  const isWithin = (ms: number) => ms >= atMs && ms < untilMs;
  const begun = gaps.filter(({ fromMs }) => isWithin(fromMs));
  return {
    title,
    atMs: Math.round(atMs - originMs),
    ...(rows === undefined ? {} : { rows }),
    ...binOf(samples.filter(({ sentMs }) => isWithin(sentMs))),
    longestGapMs: Math.round(Math.max(0, ...begun.map(({ durationMs }) => durationMs))),
  };
}

function binOf(samples: readonly Sample[]): RollbackBin {
  const times = samples.map(({ sentMs, endedMs }) => endedMs - sentMs).toSorted((a, b) => a - b);
  return {
    requests: samples.length,
    failed: samples.filter(({ failure }) => failure !== undefined).length,
    medianMs: Math.round(times[Math.floor(times.length / 2)] ?? 0),
    slowestMs: Math.round(times.at(-1) ?? 0),
  };
}
