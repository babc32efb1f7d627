import type { Installed } from '../environment/cold-install.ts';
import type { Environment } from '../environment/environment.ts';

/** What a fault works on: a healthy release, the environment around it, and a private folder that goes with the run. */
export interface ProveContext {
  readonly environment: Environment;
  readonly installed: Installed;
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** A verifier's command line. Flags without `--`; `true` is a switch. An empty variable counts as unset. */
export interface Asked {
  readonly flags: Readonly<Record<string, string | true>>;
  readonly env: Readonly<Record<string, string>>;
}

/** A fault that is in place until it is disposed of; then the release is healthy again. */
export interface Injected extends AsyncDisposable {
  /** Over those of the healthy run; `undefined` takes a flag away. */
  readonly flags?: Readonly<Record<string, string | true | undefined>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Nothing but the command line differs: the release needs no look at whether it is healthy again. */
  readonly onlyAsked?: true;
}

/** Something that is wrong with a deployment, or with how it is looked at, made from outside the chart. */
export interface Fault {
  readonly id: string;
  readonly title: string;
  /** Exactly the ids of the checks that must fail, or `usage` where the verifier must refuse to run (exit code 2). */
  readonly expectRed: readonly string[];
  /** Exactly the ids of the checks that must warn; none where absent. */
  readonly expectWarn?: readonly string[];
  /** What a red (or warning) line must say, so that it names this cause and not just any. */
  readonly says?: RegExp;
  inject(context: ProveContext): Promise<Injected>;
}

/** A verifier, how it is asked about a healthy release, and the faults that it has to find. */
export interface Story {
  readonly name: string;
  readonly verifier: 'install-verify' | 'smoke' | 'rollback-verify';
  /**
   * Called anew for each run, so that tokens and start times are fresh.
   *
   * @param overrides what comes over it: it need not be made, and with a fault in place perhaps can't be
   */
  ask(context: ProveContext, overrides?: Partial<Injected>): Promise<Asked>;
  readonly faults: readonly Fault[];
}

/** The usage error's place among the ids of checks. */
export const usage = 'usage';

/** Only the command line differs: there is nothing to take back. */
export function asked(overrides: Omit<Injected, typeof Symbol.asyncDispose>): Injected {
  return { ...overrides, onlyAsked: true, [Symbol.asyncDispose]: () => Promise.resolve() };
}

/** An injection that `undo` takes back. */
export function injected(
  undo: () => Promise<void>,
  overrides: Omit<Injected, typeof Symbol.asyncDispose> = {},
): Injected {
  return { ...overrides, [Symbol.asyncDispose]: undo };
}
