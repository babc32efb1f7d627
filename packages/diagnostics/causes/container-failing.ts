import { lastLines } from '@meho/core/process/run';
import type { ContainerStatus, Job, Pod } from '@meho/kube/api/resource';
import type { Cause, Recogniser } from '../cause.ts';
import { containerStatuses, isMigrationPod, podName } from '../pods.ts';
import type { Snapshot } from '../snapshot.ts';

/** Ends with an error, once (a migration) or repeatedly (a crash loop). */
export const containerFailing: Recogniser = (snapshot) =>
  snapshot.pods.flatMap((pod) =>
    containerStatuses(pod).flatMap((status) => {
      const ended = status.state?.terminated ?? status.lastState?.terminated;
      if (ended === undefined || ended.exitCode === 0 || status.state?.running !== undefined) {
        return [];
      }
      return [
        isMigrationPod(pod)
          ? migrationFailed(snapshot, pod, status, ended.exitCode)
          : crashCause(snapshot, pod, status, ended),
      ];
    }),
  );

function migrationFailed(snapshot: Snapshot, pod: Pod, status: ContainerStatus, exitCode: number): Cause {
  const log = logOf(snapshot, pod, status);
  const line = /^migration_failed: .*$/m.exec(log)?.[0];
  return {
    id: 'migration-failed',
    object: `Pod ${podName(pod)}`,
    expected: 'the migration to exit 0',
    observed: line ?? `exit code ${exitCode}; its log ends with: ${lastLines(log, 3) || '(nothing)'}`,
    next: `kubectl logs --namespace ${snapshot.namespace} --selector ${selectorOfMigration(pod)} --tail=-1`,
    // The Job retries (backoffLimit): a network blip is not a failed migration.
    graceMs: hasFailed(ownerOf(snapshot, pod)) ? 0 : 15_000,
  };
}

/** A neighbour's migration is of another instance. */
function selectorOfMigration({ metadata }: Pod): string {
  const instance = metadata?.labels?.['app.kubernetes.io/instance'];
  const own = instance === undefined ? '' : `app.kubernetes.io/instance=${instance},`;
  return `${own}app.kubernetes.io/component=migrate`;
}

function ownerOf({ jobs }: Snapshot, pod: Pod): Job | undefined {
  const owners = pod.metadata?.ownerReferences?.map(({ uid }) => uid) ?? [];
  return jobs.find((job) => job.metadata?.uid !== undefined && owners.includes(job.metadata.uid));
}

function hasFailed(job: Job | undefined): boolean {
  return job?.status?.conditions?.some(({ type, status }) => type === 'Failed' && status === 'True') ?? false;
}

function crashCause(
  snapshot: Snapshot,
  pod: Pod,
  status: ContainerStatus,
  ended: { readonly exitCode: number; readonly reason?: string },
): Cause {
  const log = logOf(snapshot, pod, status);
  const why = ended.reason === undefined || ended.reason === 'Error' ? '' : ` (${ended.reason})`;
  const probe = killedByProbe(snapshot, pod);
  return {
    id: 'crash-loop',
    object: `Pod ${podName(pod)}, container ${status.name}`,
    expected: 'the container to keep running',
    observed: `it ended with exit code ${ended.exitCode}${why} after ${status.restartCount} restarts${probe === undefined ? '' : ` (${probe})`}; its log ends with: ${lastLines(log, 3) || '(nothing)'}`,
    next: `${probe === undefined ? '' : 'if it only starts slowly, give it a startup probe, which liveness waits for (probes.startup of charts/meho); else '}kubectl logs --previous --namespace ${snapshot.namespace} ${podName(pod)} --container ${status.name}`,
    graceMs: 12_000,
  };
}

/** The kubelet's words, e.g. `Container backplane failed liveness probe, will be restarted`. */
function killedByProbe({ events }: Snapshot, { metadata }: Pod): string | undefined {
  return events.find(
    ({ reason, message = '', involvedObject }) =>
      reason === 'Killing' && involvedObject.uid === metadata?.uid && /failed liveness probe/.test(message),
  )?.message;
}

function logOf(snapshot: Snapshot, pod: Pod, status: ContainerStatus): string {
  return snapshot.logs.get(`${podName(pod)}/${status.name}`) ?? '';
}
