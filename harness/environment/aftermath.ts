import { selectorOf } from '../contract/subject.ts';
import { jobState } from '../kube/job-state.ts';
import { podLog } from '../kube/pod-log.ts';
import { deployments, ingresses, jobs, pods, services } from '../kube/resource.ts';
import { holds, notYet, waitFor } from '../wait/wait-for.ts';
import type { Environment } from './environment.ts';
import type { Site } from './site.ts';

/** What a failed install leaves for its operator to look at. */
export interface Aftermath {
  /** `Kind/name` of what Helm makes only after the hooks (seed, "Failure semantics": none of it after a failed hook). */
  readonly rolledOut: readonly string[];
  /** Names of the release's Jobs that failed, e.g. `meho-migrate`. */
  readonly failedJobs: readonly string[];
  /** What the migration's pods said, all of them. */
  readonly migrationLog: string;
}

export async function aftermath(
  { api, request }: Environment,
  { namespace }: Site,
  signal: AbortSignal,
): Promise<Aftermath> {
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

/** Waits until a Job that is out of retries says so: the cause is often named before. */
export async function failedJobStays(environment: Environment, site: Site, signal: AbortSignal): Promise<Aftermath> {
  return waitFor(
    `the failed migration Job to stay in ${site.namespace}`,
    async (probeSignal) => {
      const seen = await aftermath(environment, site, probeSignal);
      return seen.failedJobs.length > 0 ? holds(seen) : notYet('no Job has failed yet');
    },
    { deadlineMs: jobEndDeadlineMs, signal },
  );
}
