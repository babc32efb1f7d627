/** In ms since the run's start. */
export interface Phase {
  readonly title: string;
  /** 0 for the run's own, 1 for their parts, and so on. */
  readonly depth: number;
  readonly startMs: number;
  readonly durationMs: number;
  readonly failed: boolean;
}

export class Timeline {
  readonly #origin: number;
  readonly #phases: Phase[] = [];

  constructor(origin: number = performance.now()) {
    this.#origin = origin;
  }

  get phases(): readonly Phase[] {
    return this.#phases.toSorted((a, b) => a.startMs - b.startMs || a.depth - b.depth);
  }

  /** In ms since 1970. */
  get originMs(): number {
    return performance.timeOrigin + this.#origin;
  }

  get elapsedMs(): number {
    return performance.now() - this.#origin;
  }

  add(phase: Phase): void {
    this.#phases.push(phase);
  }

  /** In ms since the run's start. */
  at(moment: number): number {
    return moment - this.#origin;
  }
}

/** Overlapping phases may add up to more than 100 %. @param totalMs the last line */
export function phaseTable(phases: readonly Phase[], totalMs: number): string {
  const rows = phases.map((phase) => ({
    title: `${'  '.repeat(phase.depth)}${phase.title}${phase.failed ? ' (failed)' : ''}`,
    start: seconds(phase.startMs),
    took: seconds(phase.durationMs),
    share: `${Math.round((100 * phase.durationMs) / Math.max(totalMs, 1))} %`,
  }));
  const width = Math.max(5, ...rows.map((row) => row.title.length));
  const line = (title: string, start: string, took: string, share: string) =>
    `${title.padEnd(width)}  ${start.padStart(9)}  ${took.padStart(9)}  ${share.padStart(5)}`;
  return [
    line('phase', 'from', 'took', 'share'),
    ...rows.map((row) => line(row.title, row.start, row.took, row.share)),
    line('total', '', seconds(totalMs), ''),
  ].join('\n');
}

/** E.g. 0.4 s, 12.3 s, 5 min 10 s. */
export function seconds(ms: number): string {
  if (ms < 120_000) {
    return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  }
  const whole = Math.round(ms / 1000);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
