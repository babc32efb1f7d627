import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import type { ResolvedImage } from '@meho/images/image';
import type { KubeApi } from '@meho/kube/api/api';
import { networkPolicies, nodes, services } from '@meho/kube/api/resource';
import { type AgnhostPod, startAgnhostPod } from './agnhost-pod.ts';

/** Judged through API and pod, whatever the node reports. */
export interface UsableOptions {
  readonly agnhost: ResolvedImage;
  readonly labels: Readonly<Record<string, string>>;
  /** False if the cluster has no policy engine. */
  readonly policyEnforced: boolean;
  /** For DNS and for the policy engine, each counted from when a pod runs. */
  readonly looksDeadlineMs?: number;
  readonly signal: AbortSignal;
}

const nodeDeadlineMs = 60_000;
const defaultLooksDeadlineMs = 30_000;

/**
 * Usable: the node is Ready, DNS answers, Services work, and a NetworkPolicy denies a connection that worked before.
 * @throws WaitError naming what doesn't hold
 */
export async function waitForUsableCluster(
  api: KubeApi,
  { agnhost, labels, policyEnforced, looksDeadlineMs: deadlineMs = defaultLooksDeadlineMs, signal }: UsableOptions,
): Promise<void> {
  await nodeReady(api, signal);
  await using pod = await startAgnhostPod(api, { image: agnhost, labels, signal });
  await dnsAnswers(pod, { deadlineMs, signal });
  if (policyEnforced) {
    await policyIsEnforced(api, pod, { deadlineMs, signal });
  }
}

function nodeReady(api: KubeApi, signal: AbortSignal): Promise<void> {
  return waitFor(
    'every node to be Ready',
    async (probeSignal) => {
      const { items } = await api.list(nodes, {}, { signal: probeSignal });
      const unready = items
        .map(({ metadata, status }) => ({
          name: metadata?.name ?? '?',
          ready: status?.conditions?.find(({ type }) => type === 'Ready'),
        }))
        .filter(({ ready }) => ready?.status !== 'True')
        .map(({ name, ready }) => `${name}: ${ready?.message ?? 'no Ready condition'}`);
      return items.length > 0 && unready.length === 0
        ? holds(undefined)
        : notYet(unready.join('; ') || 'no node has registered');
    },
    { deadlineMs: nodeDeadlineMs, signal },
  );
}

interface Bounds {
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/** Resolves and connects to the API server's Service: DNS and Services at once. */
function dnsAnswers(pod: AgnhostPod, bounds: Bounds): Promise<void> {
  return waitFor(
    'cluster DNS to answer a pod and the Service it names to be reached',
    async (probeSignal) => {
      const answer = await pod.agnhost(
        ['connect', 'kubernetes.default.svc.cluster.local:443', '--timeout=2s'],
        probeSignal,
      );
      return answer.exitCode === 0 ? holds(undefined) : notYet(`agnhost connect: ${answer.output}`);
    },
    bounds,
  );
}

/**
 * Allowed before, denied under a deny-all policy: only the change is proof. Engines deny silently (Cilium) or refuse
 * (kube-router); any other failure says nothing.
 */
async function policyIsEnforced(api: KubeApi, pod: AgnhostPod, bounds: Bounds): Promise<void> {
  const { signal } = bounds;
  const { spec } = await api.get(services, 'kube-system', 'kube-dns', { signal });
  const target = `${spec?.clusterIP ?? ''}:53`;
  const connect = async (probeSignal: AbortSignal) =>
    pod.agnhost(['connect', target, '--timeout=1s', '--protocol=tcp'], probeSignal);
  await waitFor(
    `a pod to connect to ${target} while no policy selects it`,
    async (probeSignal) => {
      const { exitCode, output } = await connect(probeSignal);
      return exitCode === 0 ? holds(undefined) : notYet(`agnhost connect: ${output}`);
    },
    bounds,
  );
  const denyEgress = { metadata: { name: 'deny-egress' }, spec: { podSelector: {}, policyTypes: ['Egress'] } };
  await api.create(networkPolicies, pod.namespace, denyEgress, { signal });
  await waitFor(
    `the policy engine to deny the connection to ${target}`,
    async (probeSignal) => {
      const { exitCode, output } = await connect(probeSignal);
      if (exitCode === 0) {
        return notYet('the connection is still possible');
      }
      return /TIMEOUT|REFUSED/.test(output) ? holds(undefined) : notYet(`agnhost connect: ${output}`);
    },
    { ...bounds, intervalMs: 50 },
  );
}
