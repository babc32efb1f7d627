import type { Job } from './resource.ts';

export type JobState =
  | { readonly state: 'succeeded' }
  | { readonly state: 'failed'; readonly why: string }
  /** Neither yet: pods may be running, pending or refused. */
  | { readonly state: 'unfinished'; readonly why: string };

/**
 * What became of a Job. Its conditions decide: pods that failed before one succeeded don't count, and with a success
 * policy fewer succeed than were asked for. Counts decide only where Kubernetes hasn't come to say anything yet, though
 * every pod is done.
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
