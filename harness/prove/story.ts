import type { Installed } from '../environment/cold-install.ts';
import type { Environment } from '../environment/environment.ts';
import type { Seen } from './verdict.ts';

/** What every fault has: a private folder that goes with the run. */
export interface StoryContext {
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Done at the end of the run. */
  readonly defer: (undo: () => Promise<void>) => void;
}

/** What a fault has that works on no release. */
export type BareContext = StoryContext;

/** What most faults work on: a healthy release and the environment around it. */
export interface ProveContext extends StoryContext {
  readonly environment: Environment;
  readonly installed: Installed;
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

/** What a fault must come to. */
export interface Expectation {
  readonly id: string;
  readonly title: string;
  /** Exactly the ids of the checks that must fail, or `usage` where the verifier must refuse to run (exit code 2). */
  readonly expectRed: readonly string[];
  /** Exactly the ids of the checks that must warn; none where absent. */
  readonly expectWarn?: readonly string[];
  /** What a red (or warning) line must say, so that it names this cause and not just any. */
  readonly says?: RegExp;
}

/** Something that is wrong with a deployment, or with how it is looked at, made from outside the chart. */
export interface Fault<Context extends StoryContext = ProveContext> extends Expectation {
  inject(context: Context): Promise<Injected>;
  /** What looks in place of the story's verifier, with the fault in place and on the healthy release afterwards. */
  judge?(context: Context, overrides?: Partial<Injected>): Promise<Seen>;
}

/** A verifier, how it is asked about a healthy release, and the faults that it has to find. */
export interface Story<Context extends StoryContext = ProveContext> {
  readonly name: string;
  readonly verifier:
    | 'install-verify'
    | 'smoke'
    | 'rollback-verify'
    | 'network-policy'
    | 'green-counter'
    | 'pr-smoke'
    | 'rke2-access';
  /** What must happen to a fresh install before it is what this story calls healthy; the story then has a release of its own. */
  readonly prepare?: (context: ProveContext) => Promise<void>;
  /**
   * Called anew for each run, so that tokens and start times are fresh.
   *
   * @param overrides what comes over it: it need not be made, and with a fault in place perhaps can't be
   */
  ask(context: Context, overrides?: Partial<Injected>): Promise<Asked>;
  /** Makes the checks in this process, in place of a verifier's own. */
  readonly see?: (context: Context) => Promise<Seen>;
  /** When the release is looked at for being healthy again: after each fault where absent. */
  readonly healthyAgain?: 'at the end';
  readonly faults: readonly Fault<Context>[];
  /** How many faults may be in place at a time, where one doesn't know of the other; one at a time where absent. */
  readonly sideBySide?: number;
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
