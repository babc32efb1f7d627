import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import { selectorOf } from '@meho/helm/subject';
import { deployments, ingresses, jobs, pods, services } from '@meho/kube/api/resource';
import { jobState } from '@meho/kube/workloads/job-state';
import { podLog } from '@meho/kube/workloads/pod-log';
import type { Environment } from '../environment/environment.ts';
import type { InstallTarget } from '../install-target/install-target.ts';

export interface FailedInstallState {
  /** `Kind/name` of what Helm makes only after the hooks (seed, "Failure semantics"). */
  readonly rolledOut: readonly string[];
  readonly failedJobs: readonly string[];
  readonly migrationLog: string;
}

export async function readFailedInstallState(
  { api, request }: Environment,
  { namespace }: InstallTarget,
  signal: AbortSignal,
): Promise<FailedInstallState> {
  const subject = { namespace, release: request.subject.release };
  const all = { namespace, labels: selectorOf(subject) };
  const migration = { namespace, labels: selectorOf(subject, 'migrate') };
  const afterHooks = [deployments, services, ingresses].map(async (resource) =>
    (await api.listMetadata(resource, all, { signal })).items.map(
      ({ metadata }) => `${resource.kind}/${metadata?.name}`,
    ),
  );
  const found = (await api.list(jobs, migration, { signal })).items;
  const migrationPods = (await api.list(pods, migration, { signal })).items;
  const logs = migrationPods
    .filter(({ status }) => status?.phase === 'Failed' || status?.phase === 'Running')
    .map(({ metadata }) => podLog(api, namespace, metadata?.name ?? '', { signal }));
  return {
    rolledOut: (await Promise.all(afterHooks)).flat(),
    failedJobs: found.filter((job) => jobState(job).state === 'failed').map(({ metadata }) => metadata?.name ?? ''),
    migrationLog: (await Promise.all(logs)).join('\n'),
  };
}

const jobEndDeadlineMs = 20_000;

/** Waits until a Job without retries left is marked failed: its cause is often reported earlier. */
export async function waitForFailedJob(
  environment: Environment,
  target: InstallTarget,
  signal: AbortSignal,
): Promise<FailedInstallState> {
  return waitFor(
    `the failed migration Job to stay in ${target.namespace}`,
    async (probeSignal) => {
      const seen = await readFailedInstallState(environment, target, probeSignal);
      return seen.failedJobs.length > 0 ? holds(seen) : notYet('no Job has failed yet');
    },
    { deadlineMs: jobEndDeadlineMs, signal },
  );
}
