import type { KubeApi } from '../../kube/api.ts';
import { untilDone } from '../../kube/clean-up.ts';
import { type Pod, pods } from '../../kube/resource.ts';
import { holds, never, notYet, waitFor } from '../../wait/wait-for.ts';
import { podEndpoint } from '../read-world.ts';
import type { PodEndpoint } from '../world.ts';
import { ask, type Question, type Stand } from './ask.ts';

/** A pod of ours that asks and answers. */
export interface Guest extends AsyncDisposable {
  readonly pod: PodEndpoint;
  readonly stand: Stand;
}

export interface GuestOptions {
  readonly namespace: string;
  readonly name: string;
  /** What policies and Services see of it. */
  readonly labels: Readonly<Record<string, string>>;
  /** By which whoever cleans up finds it. */
  readonly ownLabels: Readonly<Record<string, string>>;
  /** Image of the probe. */
  readonly image: string;
  /** What it answers on. */
  readonly serves: readonly Omit<Question, 'host'>[];
  /** On the node's network, where it can't have settings of its own. */
  readonly hostNetwork?: boolean;
  readonly signal: AbortSignal;
}

export const probeContainer = 'probe';
const deadlineMs = 45_000;

/** What the probe is told to serve. */
export function serveArguments(serves: GuestOptions['serves']): readonly string[] {
  return ['serve', ...serves.map(({ port, protocol }) => `${protocol.toLowerCase()}/${port}`)];
}

/** Starts the pod and waits until it answers itself. @throws WaitError with what the kubelet says; nothing is left then */
export async function startGuest(api: KubeApi, options: GuestOptions): Promise<Guest> {
  const { namespace, name, signal } = options;
  const remove = () => api.delete(pods, namespace, name, untilDone);
  const stand: Stand = { namespace, pod: name, container: probeContainer };
  try {
    // Refused until the controller manager has made the namespace's default ServiceAccount.
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
    await answersItself(api, stand, options.serves, signal);
    return { pod, stand, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** A container runs before its program listens. */
export function answersItself(
  api: KubeApi,
  stand: Stand,
  serves: GuestOptions['serves'],
  signal: AbortSignal,
): Promise<void> {
  const own = serves.filter(({ protocol }) => protocol !== 'SCTP').map((each) => ({ ...each, host: '127.0.0.1' }));
  return waitFor(
    `the probe in ${stand.namespace}/${stand.pod} to answer itself`,
    async (probeSignal) => {
      const seen = await ask(api, stand, own, { timeoutMs: 2_000, signal: probeSignal });
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

function manifest({ name, labels, ownLabels, image, serves, hostNetwork = false }: GuestOptions): Pod {
  return {
    metadata: { name, labels: { ...ownLabels, ...labels } },
    spec: {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      ...(hostNetwork ? { hostNetwork } : {}),
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65532,
        seccompProfile: { type: 'RuntimeDefault' },
        // It answers on the ports that are asked about, and those below 1024 are asked about, too.
        ...(hostNetwork ? {} : { sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }] }),
      },
      containers: [
        {
          name: probeContainer,
          image,
          imagePullPolicy: 'IfNotPresent',
          args: serveArguments(serves),
          terminationMessagePolicy: 'FallbackToLogsOnError',
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    },
  };
}
