import { Hiccups } from '@meho/core/http/hiccups';
import { messageOf } from '@meho/core/problem';
import { orAborted } from '@meho/core/wait/or-aborted';
import {
  type Check,
  type CheckInput,
  type CheckInputs,
  isFailure,
  type Result,
  type Verdict,
  withHiccups,
} from './check.ts';

/** The inputs at hand, and why the others are missing. */
export interface CheckTarget {
  readonly inputs: Partial<CheckInputs>;
  /** E.g. `database: DATABASE_URL is not set`. */
  readonly missing: Partial<Record<CheckInput, string>>;
}

export interface RunChecksOptions {
  /** Runs one by one, in list order, until the first failure. */
  readonly failFast?: boolean;
  readonly signal: AbortSignal;
  /** Fires when no check can finish any more: running ones become unknown, the rest are skipped. */
  readonly broken?: AbortSignal;
  /** In list order, as early as possible. */
  readonly onResult?: (result: Result) => void;
}

/**
 * Runs the checks concurrently, except where `after` orders them.
 *
 * @returns results in list order
 * @throws the signal's reason: an interrupted run has no verdict
 */
export async function runChecks(
  checks: readonly Check[],
  target: CheckTarget,
  { failFast = false, signal, broken, onResult }: RunChecksOptions,
): Promise<readonly Result[]> {
  const ends: Ends = { signal, broken: broken ?? new AbortController().signal };
  if (failFast) {
    return inSequence(checks, target, ends, onResult);
  }
  const outcomes = new Map(checks.map(({ id }) => [id, Promise.withResolvers<Result>()]));
  const resultsOf = (ids: readonly string[] = []) => Promise.all(ids.flatMap((id) => outcomes.get(id)?.promise ?? []));
  const make = async (check: Check): Promise<Result> => {
    await resultsOf(check.after);
    const result = await look(check, target, ends);
    const { verdict } = result;
    const isBlind = verdict.outcome === 'unknown' && verdict.seen !== true;
    if (!isBlind && !(verdict.outcome === 'violated' && (verdict.host === 'gateway' || verdict.isAbsence === true))) {
      return result;
    }
    return unlessExplained(result, await resultsOf(check.explainedBy));
  };
  for (const check of checks) {
    const outcome = outcomes.get(check.id);
    // An abort rejects all, and only the first is awaited.
    outcome?.promise.catch(() => undefined);
    make(check).then(outcome?.resolve, outcome?.reject);
  }
  const results: Result[] = [];
  for (const { promise } of outcomes.values()) {
    const result = await promise;
    onResult?.(result);
    results.push(result);
  }
  return results;
}

type Ends = Pick<Required<RunChecksOptions>, 'signal' | 'broken'>;

async function inSequence(
  checks: readonly Check[],
  target: CheckTarget,
  ends: Ends,
  onResult: RunChecksOptions['onResult'],
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const check of checks) {
    const failed = results.find(({ verdict }) => isFailure(verdict));
    const result =
      failed === undefined
        ? await look(check, target, ends)
        : skip(check, `stopped at the first failure, ${failed.check.id}`);
    onResult?.(result);
    results.push(result);
  }
  return results;
}

async function look(check: Check, { inputs, missing }: CheckTarget, ends: Ends): Promise<Result> {
  if (ends.broken.aborted) {
    return skip(check, 'the run broke off before');
  }
  const absent = check.needs.find((need) => inputs[need] === undefined);
  if (absent !== undefined) {
    return withoutNeed(
      check,
      absent,
      missing[absent] ?? `there is no ${absent} to look at`,
      await handOf(check, inputs, ends),
    );
  }
  const started = performance.now();
  const hiccups = new Hiccups();
  // The cast is safe: its inputs were just found.
  const verdict = await hiccups.during(() => caught(check, inputs as CheckInputs, ends));
  ends.signal.throwIfAborted();
  return { check, verdict: withHiccups(verdict, hiccups), durationMs: performance.now() - started };
}

function withoutNeed(check: Check, need: CheckInput, reason: string, byHand: string | undefined): Result {
  if (check.required !== true) {
    return skip(check, byHand === undefined ? reason : `${reason}; ${byHand}`);
  }
  const verdict: Verdict = {
    outcome: 'unknown',
    expected: `a ${need}`,
    observed: reason,
    hint: byHand ?? 'see --help',
  };
  return { check, verdict, durationMs: 0 };
}

async function handOf({ byHand }: Check, given: Partial<CheckInputs>, { signal }: Ends): Promise<string | undefined> {
  return typeof byHand === 'function' ? byHand(given, signal) : byHand;
}

/** A check that throws is defective, and never green. */
async function caught(check: Check, given: CheckInputs, { signal, broken }: Ends): Promise<Verdict> {
  try {
    return await orAborted(check.run(given, signal), AbortSignal.any([signal, broken]));
  } catch (error) {
    signal.throwIfAborted();
    return {
      outcome: 'unknown',
      expected: 'the check to come to a verdict',
      observed: messageOf(broken.aborted ? broken.reason : error),
      hint: 'this is a defect of the check itself: report it with this line',
    };
  }
}

/** One cause, one failure: a check that another's failure blinded becomes a note naming it. */
function unlessExplained(result: Result, candidates: readonly Result[]): Result {
  const { check, verdict } = result;
  if (verdict.outcome === 'violated') {
    const silent = candidates.find(
      ({ verdict: other }) =>
        other.outcome === 'violated' &&
        (verdict.isAbsence === true ? other.isAbsence === true : other.host !== undefined),
    );
    return silent === undefined ? result : explained(check, silent.check.id, ` (seen ${verdict.observed})`);
  }
  const cause =
    candidates.find((other) => isFailure(other.verdict))?.check.id ??
    // Explanations are transitive.
    candidates.find((other) => other.explainedBy !== undefined)?.explainedBy;
  return cause === undefined ? result : explained(check, cause);
}

function explained(check: Check, cause: string, seen = ''): Result {
  return { ...skip(check, `${cause} failed, which explains it${seen}`), explainedBy: cause };
}

function skip(check: Check, why: string): Result {
  return { check, verdict: { outcome: 'skipped', reason: `not made: ${why}` }, durationMs: 0 };
}
