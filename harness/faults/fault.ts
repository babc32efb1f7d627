import type { Environment } from '../release/environment/environment.ts';
import type { ColdInstall } from '../release/install/cold-install.ts';
import type { Evaluation } from './evaluation.ts';

/** The folder is private and goes with the run. */
export interface FaultContext {
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Runs at the end of the run. */
  readonly defer: (undo: () => Promise<void>) => void;
}

export type BareContext = FaultContext;

export interface ReleaseContext extends FaultContext {
  readonly environment: Environment;
  readonly installed: ColdInstall;
}

/** Flags lack `--`; `true` is a switch; an empty variable is unset. */
export interface CommandLine {
  readonly flags: Readonly<Record<string, string | true>>;
  readonly env: Readonly<Record<string, string>>;
}

/** Disposing of it restores the healthy release. */
export interface Injection extends AsyncDisposable {
  /** Override the healthy run's; `undefined` removes a flag. */
  readonly flags?: Readonly<Record<string, string | true | undefined>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Set if the release is untouched, so its health need not be checked again. */
  readonly onlyCommandLine?: true;
}

export interface Expectation {
  readonly id: string;
  readonly title: string;
  /** Exactly these checks fail; `usage` if the verifier must refuse to run (exit code 2). */
  readonly expectRed: readonly string[];
  /** Ids of exactly the checks that warn. */
  readonly expectWarn?: readonly string[];
  /** Distinguishes this cause from others. */
  readonly says?: RegExp;
}

/** Something wrong with a deployment, or with how it is checked. */
export interface Fault<Context extends FaultContext = ReleaseContext> extends Expectation {
  inject(context: Context): Promise<Injection>;
  /** Replaces the suite's verifier, also on the healthy release. */
  evaluate?(context: Context, overrides?: Partial<Injection>): Promise<Evaluation>;
  /** Its injection leaves the release untouched, so that others of its kind may be in place at the same time. */
  readonly besideOthers?: true;
}

export interface FaultSuite<Context extends FaultContext = ReleaseContext> {
  readonly name: string;
  readonly verifier:
    | 'install-verify'
    | 'smoke'
    | 'rollback-verify'
    | 'network-policy'
    | 'green-counter'
    | 'pr-smoke'
    | 'rke2-access';
  /** Makes the suite's own healthy release; others share one. */
  readonly prepare?: (context: ReleaseContext) => Promise<void>;
  /**
   * Called for each run, so that tokens and start times are fresh.
   *
   * @param overrides values that need not be created, and during the fault perhaps can't be
   */
  healthyCommandLine(context: Context, overrides?: Partial<Injection>): Promise<CommandLine>;
  /** Runs the checks in this process. */
  readonly evaluate?: (context: Context) => Promise<Evaluation>;
  /** By default, after each fault. */
  readonly healthyAgain?: 'at the end';
  readonly faults: readonly Fault<Context>[];
  /** Set if faults don't affect each other, so that several may be in place. */
  readonly concurrent?: true;
}

/** Declares that each leaves the release untouched; one that doesn't fails. */
export function besideOthers<Context extends FaultContext = ReleaseContext>(
  faults: readonly Fault<Context>[],
): readonly Fault<Context>[] {
  return faults.map((fault) => ({ ...fault, besideOthers: true }));
}

/** Stands for a usage error among check ids. */
export const usage = 'usage';

export function otherCommandLine(overrides: Omit<Injection, typeof Symbol.asyncDispose>): Injection {
  return { ...overrides, onlyCommandLine: true, [Symbol.asyncDispose]: () => Promise.resolve() };
}

export function injection(
  undo: () => Promise<void>,
  overrides: Omit<Injection, typeof Symbol.asyncDispose> = {},
): Injection {
  return { ...overrides, [Symbol.asyncDispose]: undo };
}
