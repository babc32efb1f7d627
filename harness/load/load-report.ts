/** One request. Times are on this process's clock, in milliseconds. */
export interface Sample {
  readonly requestId: string;
  readonly sentMs: number;
  readonly endedMs: number;
  /** Why it got no 200, where it didn't. */
  readonly failure?: string;
}

export interface Failure {
  readonly requestId: string;
  /** When it was sent, in milliseconds since the phase began. */
  readonly afterMs: number;
  readonly why: string;
}

/** What a phase of a load came to. */
export interface LoadReport {
  readonly requests: number;
  readonly failures: readonly Failure[];
  /** `X-Request-ID` of each request that was answered. */
  readonly answered: readonly string[];
  /** The longest time without an answer, in milliseconds; how long a request took is part of it. */
  readonly longestGapMs: number;
  readonly slowestMs: number;
  readonly durationMs: number;
}

/** @param startedMs and `endedMs` are those of the phase: the time before its first answer and after its last is a gap too */
export function summary(samples: readonly Sample[], startedMs: number, endedMs: number): LoadReport {
  const answered = samples.filter(({ failure }) => failure === undefined);
  const moments = answered.map((sample) => sample.endedMs).toSorted((a, b) => a - b);
  const bounds = [startedMs, ...moments, Math.max(endedMs, moments.at(-1) ?? endedMs)];
  const gaps = bounds.slice(1).map((moment, index) => moment - (bounds[index] ?? moment));
  return {
    requests: samples.length,
    failures: samples.flatMap(({ requestId, sentMs, failure }) =>
      failure === undefined ? [] : [{ requestId, afterMs: sentMs - startedMs, why: failure }],
    ),
    answered: answered.map(({ requestId }) => requestId),
    longestGapMs: Math.max(0, ...gaps),
    slowestMs: Math.max(0, ...samples.map((sample) => sample.endedMs - sample.sentMs)),
    durationMs: endedMs - startedMs,
  };
}

/** One line, e.g. `412 requests, 0 failed, longest gap 0.12 s, slowest 0.31 s`. */
export function tellLoad({ requests, failures, longestGapMs, slowestMs }: LoadReport): string {
  const [first] = failures;
  const example =
    first === undefined ? '' : ` (the first after ${(first.afterMs / 1000).toFixed(2)} s for ${first.why})`;
  const inSeconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
  return `${requests} requests, ${failures.length} failed${example}, longest gap ${inSeconds(longestGapMs)}, slowest ${inSeconds(slowestMs)}`;
}
