import type { Recogniser } from '../cause.ts';

/** A Job that is over: its condition says why, also when its pods are gone. */
export const jobFailed: Recogniser = ({ jobs, pods, namespace }) =>
  jobs.flatMap((job) => {
    const failed = job.status?.conditions?.find(
      (condition) => condition.type === 'Failed' && condition.status === 'True',
    );
    if (failed === undefined) {
      return [];
    }
    const name = job.metadata?.name ?? '(unnamed)';
    const keepsPods = pods.some(({ metadata }) =>
      metadata?.ownerReferences?.some(({ uid }) => uid === job.metadata?.uid),
    );
    const logs = `kubectl logs --namespace ${namespace} job/${name} --tail=-1`;
    return [
      {
        id: failed.reason === 'DeadlineExceeded' ? 'job-deadline-exceeded' : 'job-failed',
        object: `Job ${name}`,
        expected: 'the Job to succeed',
        observed: `${failed.reason ?? 'Failed'}: ${failed.message ?? 'no message'}`,
        // Kubernetes deletes what still runs, or would be restarted, when it gives a Job up.
        next: keepsPods
          ? logs
          : `its pods went with it, and their logs: let it run again with restartPolicy Never, then ${logs}`,
        graceMs: 0,
      },
    ];
  });
