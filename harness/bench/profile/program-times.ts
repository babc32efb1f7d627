/** CPU time of one process so far, its ended children left out. */
export interface ProcessTime {
  readonly pid: number;
  /** Start time: unique with the number, since numbers are reused. */
  readonly started: string;
  readonly program: string;
  readonly cpuMs: number;
}

export interface ProgramTime {
  readonly program: string;
  readonly cpuMs: number;
}

/** Adds up looks at a machine's processes. What ends between two looks is in `machineMs` alone. */
export class ProgramTimes {
  readonly #seen = new Map<string, number>();
  readonly #programs = new Map<string, number>();

  /** The first look is the baseline: what ran before is not ours. */
  look(processes: readonly ProcessTime[]): void {
    const isFirst = this.#seen.size === 0;
    for (const { pid, started, program, cpuMs } of processes) {
      const key = `${pid} ${started}`;
      const before = this.#seen.get(key) ?? (isFirst ? cpuMs : 0);
      this.#seen.set(key, cpuMs);
      this.#programs.set(program, (this.#programs.get(program) ?? 0) + Math.max(0, cpuMs - before));
    }
  }

  /** Most first; without those below a tenth of a second. */
  get programs(): readonly ProgramTime[] {
    return [...this.#programs]
      .map(([program, cpuMs]) => ({ program, cpuMs }))
      .filter(({ cpuMs }) => cpuMs >= 100)
      .toSorted((a, b) => b.cpuMs - a.cpuMs);
  }
}
