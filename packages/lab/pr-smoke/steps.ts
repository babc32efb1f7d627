import { type Result, type Verdict, withHiccups } from '@meho/contract/check';
import { unknownVerdict } from '@meho/contract/cluster/cluster-view';
import { Hiccups } from '@meho/core/http/hiccups';
import { TransportError } from '@meho/core/http/transport-error';
import { messageOf, Problem, UsageError } from '@meho/core/problem';
import { orAborted } from '@meho/core/wait/or-aborted';
import { WaitError } from '@meho/core/wait/wait-for';
import { describeCause } from '@meho/diagnostics/diagnose';
import { FailedRelease } from '@meho/diagnostics/release-watch';
import { KubeError } from '@meho/kube/api/kube-error';
import { NotKubernetes } from '@meho/kube/api/not-kubernetes';

/** An action reported like a check. */
export interface Step {
  readonly id: string;
  readonly title: string;
  readonly expected: string;
  readonly hint: string;
}

/**
 * Says that there is nothing to clean up. A plain UsageError doesn't: a kubeconfig's credential plugin may throw one
 * during an install.
 */
export class NothingCreated extends UsageError {
  override readonly name = 'NothingMade';
}

/** The step can't be taken, and nothing is wrong with that. */
export class NotTaken extends Error {
  override readonly name = 'NotTaken';
}

/**
 * Ends at once on the signal, even if its work goes on.
 *
 * @param work returns what was done, as text
 * @returns the result, even if the work throws
 * @throws NothingCreated if the work does
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
    if (error instanceof NothingCreated) {
      throw error;
    }
    verdict = signal.aborted
      ? stopped(step, signal)
      : error instanceof NotTaken
        ? { outcome: 'skipped', reason: `not made: ${error.message}` }
        : verdictOf(step, error);
  }
  return resultOf(step, withHiccups(verdict, hiccups), performance.now() - started);
}

export function skippedStep(step: Pick<Step, 'id' | 'title'>, reason: string): Result {
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
    const evidence = [...error.causes.map(describeCause), error.observed];
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
    return unknownVerdict(expected, error);
  }
  if (error instanceof UsageError) {
    return { outcome: 'unknown', expected, observed: error.problems.join('; '), hint };
  }
  const defect = 'this is a defect of the suite itself: report it with this line';
  return { outcome: 'unknown', expected, observed: messageOf(error), hint: defect };
}
