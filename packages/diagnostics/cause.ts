import type { Snapshot } from './snapshot.ts';

export interface Cause {
  /** E.g. `service-account-missing`. */
  readonly id: string;
  /** E.g. `Job meho-migrate`. */
  readonly object: string;
  readonly expected: string;
  readonly observed: string;
  /** A sentence, or a command that works when pasted. */
  readonly next: string;
  /** How long something else may still fix it. */
  readonly graceMs: number;
  /** The one command that makes another install possible, if nothing less does. */
  readonly command?: string;
  /** Helm reports success regardless: checked again after Helm ends. */
  readonly helmIgnores?: boolean;
}

export type Recogniser = (snapshot: Snapshot) => readonly Cause[];
