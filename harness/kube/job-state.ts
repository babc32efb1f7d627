import type { Job } from './resource.ts';

export type JobState =
  | { readonly state: 'succeeded' }
  | { readonly state: 'failed'; readonly why: string }
  /** Neither yet: pods may be running, pending or refused. */
  | { readonly state: 'unfinished'; readonly why: string };

/** What became of a Job by its own conditions: pods that failed before one succeeded don't count. */
export function jobState({ status, spec }: Job): JobState {
  const isTrue = (type: string) =>
    status?.conditions?.find((condition) => condition.type === type && condition.status === 'True');
  const failed = isTrue('Failed') ?? isTrue('FailureTarget');
  if (failed !== undefined) {
    const message = failed.message === undefined ? '' : `: ${failed.message}`;
    return { state: 'failed', why: `${failed.reason ?? 'Failed'}${message}` };
  }
  const succeeded = status?.succeeded ?? 0;
  if (succeeded >= (spec?.completions ?? 1)) {
    return { state: 'succeeded' };
  }
  if (spec?.suspend === true) {
    return { state: 'unfinished', why: 'it is suspended' };
  }
  const { active = 0, failed: failures = 0 } = status ?? {};
  return { state: 'unfinished', why: `${active} pods active, ${failures} failed, ${succeeded} succeeded` };
}
