import type { Recogniser } from '../cause.ts';

/** No trouble by itself, but what Helm waited for once it has given up. */
export const jobUnfinished: Recogniser = ({ jobs, namespace }) =>
  jobs.flatMap((job) => {
    const over = job.status?.conditions?.some(
      ({ type, status }) => (type === 'Failed' || type === 'Complete') && status === 'True',
    );
    if (over === true || (job.status?.active ?? 0) === 0) {
      return [];
    }
    const name = job.metadata?.name ?? '(unnamed)';
    return [
      {
        id: 'job-unfinished',
        object: `Job ${name}`,
        expected: 'the Job to end',
        observed: `it has been running since ${job.status?.startTime ?? 'an unknown time'}`,
        next: `kubectl logs --namespace ${namespace} job/${name} --tail=-1; a lock in the database may hold it`,
        graceMs: Number.POSITIVE_INFINITY,
      },
    ];
  });
