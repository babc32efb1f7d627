import type { ResolvedImage } from '../images/image.ts';
import type { KubeApi } from '../kube/api.ts';
import { networkPolicies, nodes, services } from '../kube/resource.ts';
import { holds, notYet, waitFor } from '../wait/wait-for.ts';
import { type ProbePod, startProbePod } from './probe-pod.ts';

/** What usable means and how it is found out: through the API and from a pod, whatever the node says of itself. */
export interface UsableOptions {
  readonly agnhost: ResolvedImage;
  readonly labels: Readonly<Record<string, string>>;
  /** False for a cluster that was started without a policy engine. */
  readonly policyEnforced: boolean;
  /** How long DNS and, each for itself, policy engine may take once a pod runs, in milliseconds. */
  readonly looksDeadlineMs?: number;
  readonly signal: AbortSignal;
}

const nodeDeadlineMs = 60_000;
const defaultLooksDeadlineMs = 30_000;

/**
 * Waits until a pod can do what a release needs: the node is Ready, cluster DNS answers and Services lead somewhere,
 * and a NetworkPolicy that denies a connection, which was possible before, is enforced.
 *
 * @throws WaitError naming which of these doesn't hold
 */
export async function waitUntilUsable(
  api: KubeApi,
  { agnhost, labels, policyEnforced, looksDeadlineMs: deadlineMs = defaultLooksDeadlineMs, signal }: UsableOptions,
): Promise<void> {
  await nodeReady(api, signal);
  await using pod = await startProbePod(api, { image: agnhost, labels, signal });
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

/** Resolves the API server's Service by name and connects to it: DNS and Services in one look. */
function dnsAnswers(pod: ProbePod, bounds: Bounds): Promise<void> {
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
 * Allowed before, denied under a policy that allows nothing: only the change from one to the other is a proof. Engines
 * deny by silence (Cilium) or by refusal (kube-router); any other failure says nothing.
 */
async function policyIsEnforced(api: KubeApi, pod: ProbePod, bounds: Bounds): Promise<void> {
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
