import { holds, never, notYet, waitFor } from '@meho/core/wait/wait-for';
import type { KubeApi } from '@meho/kube/api/api';
import { persistentCall } from '@meho/kube/api/clean-up';
import { type Pod, pods } from '@meho/kube/api/resource';
import type { PodEndpoint } from '../semantics/cluster-policies.ts';
import { podEndpoint } from '../semantics/read-cluster-policies.ts';
import { askProbe, type ProbeContainer, type Question } from './ask-probe.ts';
import { restrictedContainer, restrictedPod } from './restricted-pod.ts';

export interface ProbePod extends AsyncDisposable {
  readonly pod: PodEndpoint;
  readonly container: ProbeContainer;
}

export interface ProbePodSpec {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ownLabels: Readonly<Record<string, string>>;
  readonly image: string;
  readonly serves: readonly Omit<Question, 'host'>[];
  /** Excludes sysctls of its own. */
  readonly hostNetwork?: boolean;
  readonly signal: AbortSignal;
}

export const probeContainer = 'probe';
const deadlineMs = 45_000;

export function serveArguments(serves: ProbePodSpec['serves']): readonly string[] {
  return ['serve', ...serves.map(({ port, protocol }) => `${protocol.toLowerCase()}/${port}`)];
}

/** Waits until the pod answers itself. @throws WaitError with the kubelet's reason, after removing the pod */
export async function runProbePod(api: KubeApi, options: ProbePodSpec): Promise<ProbePod> {
  const { namespace, name, signal } = options;
  const remove = () => api.delete(pods, namespace, name, persistentCall);
  const container: ProbeContainer = { namespace, pod: name, container: probeContainer };
  try {
    // Refused until the controller manager creates the namespace's default ServiceAccount.
    await waitFor(
      `pod ${namespace}/${name} to be accepted`,
      async (probeSignal) => holds(await api.apply(pods, namespace, name, manifest(options), { signal: probeSignal })),
      { deadlineMs, intervalMs: 100, signal },
    );
    const pod = await waitFor(
      `pod ${namespace}/${name} to run`,
      async (probeSignal) => running(await api.get(pods, namespace, name, { signal: probeSignal })),
      { deadlineMs, intervalMs: 100, signal },
    );
    await waitForProbe(api, container, options.serves, signal);
    return { pod, container, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** A container runs before its program listens. */
export function waitForProbe(
  api: KubeApi,
  container: ProbeContainer,
  serves: ProbePodSpec['serves'],
  signal: AbortSignal,
): Promise<void> {
  const own = serves.filter(({ protocol }) => protocol !== 'SCTP').map((each) => ({ ...each, host: '127.0.0.1' }));
  return waitFor(
    `the probe in ${container.namespace}/${container.pod} to answer itself`,
    async (probeSignal) => {
      const seen = await askProbe(api, container, own, { timeoutMs: 2_000, signal: probeSignal });
      const missing = seen.find(({ answer }) => answer !== 'connected');
      return missing === undefined ? holds(undefined) : notYet(`${missing.answer}: ${missing.evidence}`);
    },
    { deadlineMs, intervalMs: 100, signal },
  );
}

function running(pod: Pod) {
  const [container] = pod.status?.containerStatuses ?? [];
  const endpoint = podEndpoint(pod);
  if (endpoint !== undefined && container?.state?.running !== undefined) {
    return holds(endpoint);
  }
  const { waiting, terminated } = container?.state ?? {};
  const observed = [pod.status?.phase ?? 'no status', waiting?.reason, waiting?.message, terminated?.message]
    .filter(Boolean)
    .join(', ');
  return pod.status?.phase === 'Failed' ? never(observed) : notYet(observed);
}

function manifest({ name, labels, ownLabels, image, serves, hostNetwork = false }: ProbePodSpec): Pod {
  return {
    metadata: { name, labels: { ...ownLabels, ...labels } },
    spec: {
      ...restrictedPod,
      ...(hostNetwork ? { hostNetwork } : {}),
      securityContext: {
        ...restrictedPod.securityContext,
        // Some of the ports are below 1024.
        ...(hostNetwork ? {} : { sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }] }),
      },
      containers: [
        {
          name: probeContainer,
          image,
          ...restrictedContainer,
          args: serveArguments(serves),
          terminationMessagePolicy: 'FallbackToLogsOnError',
        },
      ],
    },
  };
}
