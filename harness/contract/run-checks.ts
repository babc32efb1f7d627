import { Hiccups } from '../http/hiccups.ts';
import { messageOf } from '../problem.ts';
import { orAborted } from '../wait/or-aborted.ts';
import { type Check, fails, type Given, type Need, type Result, type Verdict, withHiccups } from './check.ts';

/** The parts of the deployment that can be looked at, and for each of the others why not. */
export interface Target {
  readonly given: Partial<Given>;
  /** E.g. `database: DATABASE_URL is not set`. */
  readonly missing: Partial<Record<Need, string>>;
}

export interface RunChecks {
  /** Makes one check after the other, in the order of the list, and none after the first failure. */
  readonly failFast?: boolean;
  readonly signal: AbortSignal;
  /** Fires when no check can come to an end any more: those under way are unknown then, and the others aren't made. */
  readonly broken?: AbortSignal;
  /** Gets the results in the order of the list, each as soon as it and all before it are there. */
  readonly onResult?: (result: Result) => void;
}

/**
 * Makes the checks side by side, except where one names others that come first.
 *
 * @returns the results in the order of the list
 * @throws the signal's reason when it is aborted: an interrupted run has no verdict
 */
export async function runChecks(
  checks: readonly Check[],
  target: Target,
  { failFast = false, signal, broken, onResult }: RunChecks,
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
    // An abort rejects them all at once, and only the first is awaited then.
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

/** What ends a run before its time: from outside, and from inside. */
type Ends = Pick<Required<RunChecks>, 'signal' | 'broken'>;

async function inSequence(
  checks: readonly Check[],
  target: Target,
  ends: Ends,
  onResult: RunChecks['onResult'],
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const check of checks) {
    const failed = results.find(({ verdict }) => fails(verdict));
    const result =
      failed === undefined
        ? await look(check, target, ends)
        : skip(check, `stopped at the first failure, ${failed.check.id}`);
    onResult?.(result);
    results.push(result);
  }
  return results;
}

async function look(check: Check, { given, missing }: Target, ends: Ends): Promise<Result> {
  if (ends.broken.aborted) {
    return skip(check, 'the run broke off before');
  }
  const absent = check.needs.find((need) => given[need] === undefined);
  if (absent !== undefined) {
    return withoutNeed(
      check,
      absent,
      missing[absent] ?? `there is no ${absent} to look at`,
      await handOf(check, given, ends),
    );
  }
  const started = performance.now();
  const hiccups = new Hiccups();
  // Every need was just seen to be there, and a check reads nothing else.
  const verdict = await hiccups.during(() => caught(check, given as Given, ends));
  ends.signal.throwIfAborted();
  return { check, verdict: withHiccups(verdict, hiccups), durationMs: performance.now() - started };
}

function withoutNeed(check: Check, need: Need, reason: string, byHand: string | undefined): Result {
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

async function handOf({ byHand }: Check, given: Partial<Given>, { signal }: Ends): Promise<string | undefined> {
  return typeof byHand === 'function' ? byHand(given, signal) : byHand;
}

/** A check that throws is a defect of the check, and still never green. */
async function caught(check: Check, given: Given, { signal, broken }: Ends): Promise<Verdict> {
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

/** One cause, one failure: a check that could not look because of another's failure is a note that names it. */
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
    candidates.find((other) => fails(other.verdict))?.check.id ??
    // What explains the other's silence explains this one's, too.
    candidates.find((other) => other.explainedBy !== undefined)?.explainedBy;
  return cause === undefined ? result : explained(check, cause);
}

function explained(check: Check, cause: string, seen = ''): Result {
  return { ...skip(check, `${cause} failed, which explains it${seen}`), explainedBy: cause };
}

function skip(check: Check, why: string): Result {
  return { check, verdict: { outcome: 'skipped', reason: `not made: ${why}` }, durationMs: 0 };
}
