import type { ExitCode, Progress } from '@meho/core/command-line/exit-code';
import type { KnownSecrets } from '@meho/core/redaction/known-secrets';

/** Output, and the base of relative paths. */
export interface StandaloneIo {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** For colours and GitHub annotations; `out` where absent. */
  readonly painted?: (text: string) => void;
  readonly annotations?: (text: string) => void;
  /** Grows while credentials are read. */
  readonly secrets: KnownSecrets;
  readonly outIsTerminal: boolean;
  readonly cwd: string;
  readonly signal: AbortSignal;
  readonly progress?: Progress;
}

/** Judges no deployment and has its own arguments. */
export interface Standalone {
  readonly name: string;
  /** Removes what it creates, whatever ends it. */
  readonly cleansUp?: true;
  run(args: readonly string[], io: StandaloneIo): Promise<ExitCode>;
}
