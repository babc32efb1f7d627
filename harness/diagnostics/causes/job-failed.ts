import type { Recogniser } from '../cause.ts';

/** A Job that is over: its condition says why, also when its pods are gone. */
export const jobFailed: Recogniser = ({ jobs, namespace }) =>
  jobs.flatMap((job) => {
    const failed = job.status?.conditions?.find(
      (condition) => condition.type === 'Failed' && condition.status === 'True',
    );
    if (failed === undefined) {
      return [];
    }
    const name = job.metadata?.name ?? '(unnamed)';
    return [
      {
        id: failed.reason === 'DeadlineExceeded' ? 'job-deadline-exceeded' : 'job-failed',
        object: `Job ${name}`,
        expected: 'the Job to succeed',
        observed: `${failed.reason ?? 'Failed'}: ${failed.message ?? 'no message'}`,
        next: `kubectl logs --namespace ${namespace} job/${name} --tail=-1`,
        graceMs: 0,
      },
    ];
  });
