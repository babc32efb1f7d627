import type { KnownSecrets } from '../diagnostics/known-secrets.ts';
import type { InterruptedCode } from './interrupted.ts';

/** Where a command writes, and what relative paths start from. */
export interface StandaloneIo {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Lines with colours, and annotations of GitHub; `out` where absent. */
  readonly painted?: (text: string) => void;
  readonly annotations?: (text: string) => void;
  /** What no line may show. It grows while credentials are read. */
  readonly secrets: KnownSecrets;
  /** Somebody watches what is written to `out`. */
  readonly outIsTerminal: boolean;
  readonly cwd: string;
  readonly signal: AbortSignal;
  readonly progress?: Progress;
}

/** How far a run has come: by that it is judged when it breaks off. */
export class Progress {
  #begun = false;

  /** Flags and files are read, and the first question is asked. */
  begin(): void {
    this.#begun = true;
  }

  /** What breaks off before any question can't have failed. */
  get brokenCode(): 1 | 2 {
    return this.#begun ? 1 : 2;
  }
}

/**
 * 0 all holds, 1 something failed, 2 it could not run as asked. A command that has made things and was ended by a signal
 * ends as a shell says of such a program (128 and the signal's number), after it has cleaned up.
 */
export type ExitCode = 0 | 1 | 2 | InterruptedCode;

/** A command of the published program that judges no deployment, and so has arguments of its own. */
export interface Standalone {
  readonly name: string;
  /** It makes things, and removes them whatever ends it. */
  readonly cleansUp?: true;
  run(args: readonly string[], io: StandaloneIo): Promise<ExitCode>;
}
