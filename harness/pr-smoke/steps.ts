import { type Result, type Verdict, withHiccups } from '../contract/check.ts';
import { noLook } from '../contract/cluster-view.ts';
import { tellCause } from '../diagnostics/diagnose.ts';
import { FailedRelease } from '../diagnostics/release-watch.ts';
import { Hiccups } from '../http/hiccups.ts';
import { TransportError } from '../http/transport-error.ts';
import { KubeError } from '../kube/kube-error.ts';
import { NotKubernetes } from '../kube/not-kubernetes.ts';
import { messageOf, Problem, UsageError } from '../problem.ts';
import { orAborted } from '../wait/or-aborted.ts';
import { WaitError } from '../wait/wait-for.ts';

/** A step that does something, reported as a check is: what it promises, and what came of it. */
export interface Step {
  readonly id: string;
  readonly title: string;
  /** What must come about, for the line of a failure. */
  readonly expected: string;
  readonly hint: string;
}

/**
 * Nothing was made, and so there is nothing to take down. A UsageError alone does not say so: the plugin that gives the
 * credentials of a kubeconfig throws one as well, hours after the first request or in the midst of an install.
 */
export class NothingMade extends UsageError {
  override readonly name = 'NothingMade';
}

/**
 * Takes a step. It ends at once when the signal fires, whatever its work is still about.
 *
 * @param work gives what was done, for a person
 * @returns the result, also where the work throws
 * @throws NothingMade where the work does
 */
export async function takeStep(
  step: Step,
  work: () => Promise<string>,
  { signal, underWay }: { readonly signal: AbortSignal; readonly underWay: Promise<unknown>[] },
): Promise<Result> {
  const started = performance.now();
  const hiccups = new Hiccups();
  let verdict: Verdict;
  try {
    signal.throwIfAborted();
    const going = hiccups.during(work);
    underWay.push(going);
    verdict = { outcome: 'holds', observed: await orAborted(going, signal) };
  } catch (error) {
    if (error instanceof NothingMade) {
      throw error;
    }
    verdict = signal.aborted ? stopped(step, signal) : verdictOf(step, error);
  }
  return resultOf(step, withHiccups(verdict, hiccups), performance.now() - started);
}

/** A step that was not taken, with the reason. */
export function notTaken(step: Pick<Step, 'id' | 'title'>, reason: string): Result {
  return resultOf(step, { outcome: 'skipped', reason: `not made: ${reason}` }, 0);
}

export function resultOf({ id, title }: Pick<Step, 'id' | 'title'>, verdict: Verdict, durationMs: number): Result {
  return { check: { id, title, needs: [], run: async () => verdict }, verdict, durationMs };
}

function stopped({ expected }: Step, signal: AbortSignal): Verdict {
  const observed = `stopped: ${messageOf(signal.reason)}`;
  return { outcome: 'violated', expected, observed, hint: 'run it again', severity: 'failure' };
}

function verdictOf({ expected, hint }: Step, error: unknown): Verdict {
  if (error instanceof FailedRelease) {
    const [first] = error.causes;
    const observed = `${first?.object}: ${first?.observed}`;
    const evidence = [...error.causes.map(tellCause), error.observed];
    const wanted = `${expected}; ${first?.expected}`;
    return { outcome: 'violated', expected: wanted, observed, hint: error.next, severity: 'failure', evidence };
  }
  if (error instanceof Problem) {
    return {
      outcome: 'violated',
      expected: error.expected,
      observed: error.observed,
      hint: error.next,
      severity: 'failure',
    };
  }
  if (error instanceof WaitError) {
    const observed = `after ${(error.waitedMs / 1000).toFixed(1)} s of waiting for ${error.what}: ${error.lastObserved}`;
    return { outcome: 'violated', expected, observed, hint, severity: 'failure' };
  }
  if (error instanceof KubeError || error instanceof NotKubernetes || error instanceof TransportError) {
    return noLook(expected, error);
  }
  if (error instanceof UsageError) {
    return { outcome: 'unknown', expected, observed: error.problems.join('; '), hint };
  }
  const defect = 'this is a defect of the suite itself: report it with this line';
  return { outcome: 'unknown', expected, observed: messageOf(error), hint: defect };
}
