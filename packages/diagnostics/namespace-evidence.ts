import { messageOf } from '@meho/core/problem';
import { redactObject } from '@meho/core/redaction/redact-text';
import type { KubeApi } from '@meho/kube/api/api';
import {
  configMaps,
  deployments,
  events,
  ingresses,
  jobs,
  networkPolicies,
  nodes,
  pods,
  type Resource,
  replicaSets,
  resourceQuotas,
  secrets,
  serviceAccounts,
  services,
} from '@meho/kube/api/resource';
import { podLog } from '@meho/kube/workloads/pod-log';
import { stringify } from 'yaml';
import { describeCause, diagnose } from './diagnose.ts';
import type { EvidenceItem } from './evidence.ts';
import { containerStatuses, podName } from './pods.ts';
import { takeSnapshot } from './take-snapshot.ts';

const described: readonly Resource<unknown>[] = [
  pods,
  jobs,
  deployments,
  replicaSets,
  services,
  ingresses,
  configMaps,
  serviceAccounts,
  networkPolicies,
  resourceQuotas,
];

/** Of Secrets, only names. */
export function namespaceEvidence(api: KubeApi, namespace: string): readonly EvidenceItem[] {
  return [
    { file: 'causes.txt', collect: (signal) => causes(api, namespace, signal) },
    { file: 'events.txt', collect: (signal) => eventLines(api, namespace, signal) },
    { file: 'objects.yaml', collect: (signal) => objects(api, namespace, signal) },
    { file: 'pod-logs.txt', collect: (signal) => logs(api, namespace, signal) },
    { file: 'nodes.yaml', collect: (signal) => nodeConditions(api, signal) },
  ];
}

async function causes(api: KubeApi, namespace: string, signal: AbortSignal): Promise<string> {
  const found = diagnose(await takeSnapshot(api, { namespace }, signal));
  return found.length === 0 ? 'nothing in the namespace explains it\n' : `${found.map(describeCause).join('\n')}\n`;
}

async function eventLines(api: KubeApi, namespace: string, signal: AbortSignal): Promise<string> {
  const { items } = await api.list(events, { namespace }, { signal });
  const lines = items.map(({ lastTimestamp, eventTime, type, reason, involvedObject, message, count }) => {
    const when = lastTimestamp ?? eventTime ?? '(no time)';
    return `${when} ${type} ${involvedObject.kind}/${involvedObject.name} ${reason} (${count ?? 1}): ${message}`;
  });
  return `${lines.toSorted().join('\n')}\n`;
}

async function objects(api: KubeApi, namespace: string, signal: AbortSignal): Promise<string> {
  const scope = { namespace };
  const names = await api.listMetadata(secrets, scope, { signal });
  const lists = await Promise.all(
    described.map(async (resource) =>
      (await api.list(resource, scope, { signal })).items.map((object) => ({
        kind: resource.kind,
        ...withoutNoise(object),
      })),
    ),
  );
  const secretNames = names.items.map(({ metadata }) => metadata?.name);
  return [...lists.flat(), { kind: 'Secrets', names: secretNames }]
    .map((object) => stringify(redactObject(object)))
    .join('---\n');
}

function withoutNoise(object: unknown): Readonly<Record<string, unknown>> {
  const { metadata, ...rest } = object as { metadata?: { managedFields?: unknown } };
  const { managedFields: _managedFields, ...kept } = metadata ?? {};
  return { metadata: kept, ...rest };
}

/** Includes hooks, and previous runs of restarted containers. */
async function logs(api: KubeApi, namespace: string, signal: AbortSignal): Promise<string> {
  const { items } = await api.list(pods, { namespace }, { signal });
  const wanted = items.flatMap((pod) =>
    containerStatuses(pod).flatMap(({ name, restartCount }) => [
      { pod: podName(pod), container: name, previous: false },
      ...(restartCount > 0 ? [{ pod: podName(pod), container: name, previous: true }] : []),
    ]),
  );
  const parts = await Promise.all(
    wanted.map(async ({ pod, container, previous }) => {
      const title = `== ${pod} ${container}${previous ? ' (the run before)' : ''}\n`;
      try {
        return `${title}${await podLog(api, namespace, pod, { container, previous, signal })}`;
      } catch (error) {
        return `${title}no log: ${messageOf(error)}\n`;
      }
    }),
  );
  return parts.length === 0 ? 'there is no pod\n' : parts.join('\n');
}

async function nodeConditions(api: KubeApi, signal: AbortSignal): Promise<string> {
  const { items } = await api.list(nodes, {}, { signal });
  return stringify(
    items.map(({ metadata, spec, status }) => ({
      name: metadata?.name,
      taints: spec?.taints ?? [],
      allocatable: status?.allocatable,
      conditions: status?.conditions?.map(({ type, status: value, reason, message }) => ({
        type,
        status: value,
        reason,
        message,
      })),
    })),
  );
}
