import type { Snapshot } from './snapshot.ts';

/** Why a release doesn't get on, in terms an operator can act on. */
export interface Cause {
  /** Stable and machine-readable, e.g. `service-account-missing`. */
  readonly id: string;
  /** The object that shows it, e.g. `Job meho-migrate`. */
  readonly object: string;
  readonly expected: string;
  readonly observed: string;
  /** What to do: a sentence or a command that works when pasted. */
  readonly next: string;
  /** How long it may last before it counts: something else may be about to put it right (milliseconds). */
  readonly graceMs: number;
  /** The one command that makes another install possible, where nothing less does; works when pasted. */
  readonly command?: string;
  /** Helm doesn't wait for this and reports success: it is looked for after Helm's end as well. */
  readonly helmIgnores?: boolean;
}

/** Looks for one kind of cause. */
export type Recogniser = (snapshot: Snapshot) => readonly Cause[];
