import { readFileSync } from 'node:fs';

/**
 * How long the main thread of a process has waited for a processor so far, in milliseconds: what a machine takes that is
 * busy with other things is no lateness of a verifier. 0 where the system doesn't say it, or the process is gone.
 */
export function waitedMs(pid: number | 'self'): number {
  try {
    const [, waitedNs = '0'] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ');
    return Number(waitedNs) / 1e6;
  } catch {
    return 0;
  }
}

/** Time that passes for a process, without what it had to wait for a processor. */
export class OwnTime {
  readonly #pid: number | 'self';
  readonly #started = performance.now();
  readonly #waitedBefore: number;
  #waited = 0;

  constructor(pid: number | 'self') {
    this.#pid = pid;
    this.#waitedBefore = waitedMs(pid);
  }

  /** What it was last stays known when the process has ended. */
  look(): void {
    this.#waited = Math.max(this.#waited, waitedMs(this.#pid) - this.#waitedBefore);
  }

  get ms(): number {
    this.look();
    return Math.max(0, performance.now() - this.#started - this.#waited);
  }
}

/** Calls back once that much time of its own has passed. @returns what calls it off */
export function afterOwn(time: OwnTime, deadlineMs: number, then: () => void): () => void {
  const left = () => deadlineMs - time.ms;
  const look = () => {
    if (left() <= 0) {
      then();
    } else {
      timer = setTimeout(look, Math.max(1, left()));
    }
  };
  let timer = setTimeout(look, Math.max(1, left()));
  return () => clearTimeout(timer);
}
