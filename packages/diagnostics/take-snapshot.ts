import { recordLabels } from '@meho/helm/storage';
import type { KubeApi } from '@meho/kube/api/api';
import { KubeError } from '@meho/kube/api/kube-error';
import {
  events,
  ingressClasses,
  ingresses,
  jobs,
  nodes,
  type Pod,
  pods,
  replicaSets,
  secrets,
} from '@meho/kube/api/resource';
import { withoutNeighbours } from './own-objects.ts';
import { containerStatuses, isUnschedulable, podName } from './pods.ts';
import type { Snapshot } from './snapshot.ts';

const logLines = 40;

export interface Place {
  readonly namespace: string;
  /** Leaves out what other releases of the namespace have; absent: everything counts. */
  readonly release?: string;
}

/**
 * Reads only the names of Secrets.
 *
 * @throws KubeError or TransportError if the namespace can't be read
 */
export async function takeSnapshot(
  api: KubeApi,
  { namespace, release }: Place,
  signal: AbortSignal,
): Promise<Snapshot> {
  const scope = { namespace };
  const options = { signal };
  const [podList, jobList, setList, ingressList, eventList, secretList, classList, others] = await Promise.all([
    api.list(pods, scope, options),
    api.list(jobs, scope, options),
    api.list(replicaSets, scope, options),
    api.list(ingresses, scope, options),
    api.list(events, scope, options),
    unlessForbidden(api.listMetadata(secrets, scope, options)),
    unlessForbidden(api.list(ingressClasses, {}, options)),
    release === undefined ? new Set<string>() : otherReleases(api, namespace, release, signal),
  ]);
  const own = withoutNeighbours(
    { pods: podList.items, jobs: jobList.items, replicaSets: setList.items, ingresses: ingressList.items },
    others,
  );
  return {
    namespace,
    ...own,
    events: eventList.items,
    secretNames: secretList?.items.map(({ metadata }) => metadata?.name ?? ''),
    ingressClasses: classList?.items,
    nodes: own.pods.some(isUnschedulable) ? (await unlessForbidden(api.list(nodes, {}, options)))?.items : undefined,
    logs: await failingLogs(api, namespace, own.pods, signal),
  };
}

/** Those with a record of Helm's: a label alone may be an operator's. */
async function otherReleases(
  api: KubeApi,
  namespace: string,
  release: string,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const records = (await unlessForbidden(recordLabels(api, { namespace }, { signal }))) ?? [];
  const names = records.flatMap(({ metadata }) => metadata?.labels?.['name'] ?? []);
  return new Set(names.filter((name) => name !== release));
}

async function unlessForbidden<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof KubeError && error.status === 403) {
      return undefined;
    }
    throw error;
  }
}

async function failingLogs(
  api: KubeApi,
  namespace: string,
  found: readonly Pod[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const wanted = found.flatMap((pod) =>
    containerStatuses(pod).flatMap(({ name, state, lastState }) => {
      if ((state?.terminated?.exitCode ?? 0) !== 0) {
        return [{ pod: podName(pod), container: name, previous: false }];
      }
      return (lastState?.terminated?.exitCode ?? 0) === 0
        ? []
        : [{ pod: podName(pod), container: name, previous: true }];
    }),
  );
  const logs = wanted.map(async ({ pod, container, previous }) => {
    const query = `container=${container}&tailLines=${logLines}${previous ? '&previous=true' : ''}`;
    try {
      const log = await api.text(`/api/v1/namespaces/${namespace}/pods/${pod}/log?${query}`, {
        signal,
        isAskedOnce: true,
      });
      return [`${pod}/${container}`, log] as const;
    } catch (error) {
      // The container may be gone, but its exit code is in the snapshot.
      if (error instanceof KubeError) {
        return [`${pod}/${container}`, ''] as const;
      }
      throw error;
    }
  });
  return new Map(await Promise.all(logs));
}
