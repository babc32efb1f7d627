import type { Job } from '../api/resource.ts';

export type JobState =
  | { readonly state: 'succeeded' }
  | { readonly state: 'failed'; readonly why: string }
  /** Pods running, pending or refused. */
  | { readonly state: 'unfinished'; readonly why: string };

/**
 * Conditions decide: a success policy needs fewer successes, and earlier failures don't count. Counts decide if all
 * pods are done but no condition is set yet.
 */
export function jobState({ status, spec }: Job): JobState {
  const isTrue = (...types: readonly string[]) =>
    status?.conditions?.find((condition) => types.includes(condition.type) && condition.status === 'True');
  if (spec?.completions === 0) {
    return { state: 'unfinished', why: 'it asks for 0 completions, so that no pod of it ever runs' };
  }
  const failed = isTrue('Failed', 'FailureTarget');
  if (failed !== undefined) {
    const message = failed.message === undefined ? '' : `: ${failed.message}`;
    return { state: 'failed', why: `${failed.reason ?? 'Failed'}${message}` };
  }
  if (isTrue('Complete', 'SuccessCriteriaMet') !== undefined) {
    return { state: 'succeeded' };
  }
  const { active = 0, failed: failures = 0, succeeded = 0, terminating = 0 } = status ?? {};
  if (spec?.suspend === true) {
    return { state: 'unfinished', why: 'it is suspended' };
  }
  if (succeeded >= (spec?.completions ?? 1) && active === 0 && terminating === 0) {
    return { state: 'succeeded' };
  }
  return { state: 'unfinished', why: `${active} pods active, ${failures} failed, ${succeeded} succeeded` };
}
