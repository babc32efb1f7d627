import type { InterruptedCode } from './interrupted.ts';

/** Decides the exit code of a run that breaks off. */
export class Progress {
  #begun = false;

  /** Called before the first request. */
  begin(): void {
    this.#begun = true;
  }

  /** A run without any request can't have failed. */
  get brokenCode(): 1 | 2 {
    return this.#begun ? 1 : 2;
  }
}

/**
 * 0 all holds, 1 something failed, 2 could not run as asked. Interrupted commands that create things clean up, then end
 * with 128 plus the signal's number.
 */
export type ExitCode = 0 | 1 | 2 | InterruptedCode;
