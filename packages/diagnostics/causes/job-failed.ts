import type { Recogniser } from '../cause.ts';

/** The Job's condition says why, even when its pods are gone. */
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
        // Kubernetes deletes running or restarting pods of a failed Job.
        next: keepsPods
          ? logs
          : `its pods went with it, and their logs: let it run again with restartPolicy Never, then ${logs}`,
        graceMs: 0,
      },
    ];
  });
