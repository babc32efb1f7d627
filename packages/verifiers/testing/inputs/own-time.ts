import { readFileSync } from 'node:fs';

/** A main thread's wait for a CPU, in milliseconds: a busy machine is not a verifier's delay. 0 if unknown. */
function waitedMs(pid: number | 'self'): number {
  try {
    const [, waitedNs = '0'] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ');
    return Number(waitedNs) / 1e6;
  } catch {
    return 0;
  }
}

/** Excludes waiting for a CPU. */
export class OwnTime {
  readonly #pid: number | 'self';
  readonly #started = performance.now();
  readonly #waitedBefore: number;
  #waited = 0;

  constructor(pid: number | 'self') {
    this.#pid = pid;
    this.#waitedBefore = waitedMs(pid);
  }

  /** Keeps the value for after the process has ended. */
  look(): void {
    this.#waited = Math.max(this.#waited, waitedMs(this.#pid) - this.#waitedBefore);
  }

  get ms(): number {
    this.look();
    return Math.max(0, performance.now() - this.#started - this.#waited);
  }
}

/** @returns a function that cancels it */
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
