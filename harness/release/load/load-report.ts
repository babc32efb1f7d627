/** Times in milliseconds on this process's clock. */
export interface Sample {
  readonly requestId: string;
  readonly sentMs: number;
  readonly endedMs: number;
  /** Absent if answered with 200. */
  readonly failure?: string;
}

interface Failure {
  readonly requestId: string;
  /** In milliseconds since the phase began. */
  readonly afterMs: number;
  readonly why: string;
}

export interface LoadReport {
  readonly requests: number;
  readonly failures: readonly Failure[];
  /** `X-Request-ID` of each answered request. */
  readonly answered: readonly string[];
  /** Longest time without an answer, including the request's duration. */
  readonly longestGapMs: number;
  readonly slowestMs: number;
  readonly durationMs: number;
}

/** Includes the gaps before the first and after the last answer. */
export function summarizeLoad(samples: readonly Sample[], startedMs: number, endedMs: number): LoadReport {
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

/** E.g. `412 requests, 0 failed, longest gap 0.12 s, slowest 0.31 s`. */
export function describeLoad({ requests, failures, longestGapMs, slowestMs }: LoadReport): string {
  const [first] = failures;
  const example =
    first === undefined ? '' : ` (the first after ${(first.afterMs / 1000).toFixed(2)} s for ${first.why})`;
  const inSeconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
  return `${requests} requests, ${failures.length} failed${example}, longest gap ${inSeconds(longestGapMs)}, slowest ${inSeconds(slowestMs)}`;
}
