import { randomBytes } from 'node:crypto';
import type { KubeApi } from '../../kube/api.ts';
import { endpointSlices, type Pod, pods } from '../../kube/resource.ts';
import { holds, never, notYet, waitFor } from '../../wait/wait-for.ts';
import type { PodEndpoint } from '../world.ts';
import { type Stand, tell } from './ask.ts';
import { answersItself, type GuestOptions, serveArguments } from './guest.ts';

/** The probe in somebody else's pod: an ephemeral container, in that pod's own network namespace. */
export interface Visitor extends AsyncDisposable {
  readonly stand: Stand;
  /** What has changed about the pod since before the visit; has to be nothing. @throws like any call of the API */
  changes(): Promise<readonly string[]>;
}

export interface VisitOptions {
  readonly image: string;
  /** Ports that are asked about and on which nothing of the pod listens. */
  readonly serves: GuestOptions['serves'];
  readonly signal: AbortSignal;
}

const deadlineMs = 45_000;
const stopDeadlineMs = 15_000;
/** An ephemeral container can't be removed from its pod; whatever happens to us, this one's program ends. */
const lifetime = '30m';

/**
 * Puts the probe into a pod that runs. It takes no volumes and no environment of it, asks for no resources, and ends
 * when it is disposed of; its entry stays in the pod's status for as long as there is the pod.
 */
export async function visit(
  api: KubeApi,
  { namespace, name }: PodEndpoint,
  { image, serves, signal }: VisitOptions,
): Promise<Visitor> {
  const before = await standingOf(api, namespace, name, signal);
  const container = `meho-probe-${randomBytes(3).toString('hex')}`;
  const [serve = '', ...ports] = serveArguments(serves);
  const { spec } = await api.get(pods, namespace, name, { signal });
  const ephemeralContainers = [
    ...(spec?.ephemeralContainers ?? []),
    {
      name: container,
      image,
      imagePullPolicy: 'IfNotPresent',
      args: [serve, '-name', container, '-for', lifetime, ...ports],
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true },
    },
  ];
  const patch = { spec: { ephemeralContainers } };
  await api.patch(pods, namespace, name, patch, { signal, subresource: 'ephemeralcontainers' });
  const stand: Stand = { namespace, pod: name, container };
  const stop = async () => {
    await tell(api, stand, ['stop', '-name', container], AbortSignal.timeout(stopDeadlineMs)).catch(
      (error: unknown) => {
        // The pod is gone, and the probe with it.
        return api.find(pods, namespace, name).then((pod) => {
          if (pod !== undefined && isRunning(pod, container)) {
            throw error;
          }
        });
      },
    );
  };
  try {
    await waitFor(
      `the probe in pod ${namespace}/${name} to run`,
      async (probeSignal) => observe(await api.get(pods, namespace, name, { signal: probeSignal }), container),
      { deadlineMs, intervalMs: 100, signal },
    );
    await answersItself(api, stand, serves, signal);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    stand,
    changes: async () => differences(before, await standingOf(api, namespace, name, signal)),
    [Symbol.asyncDispose]: stop,
  };
}

function observe(pod: Pod, container: string) {
  const state = stateOf(pod, container);
  if (state?.running !== undefined) {
    return holds(undefined);
  }
  if (state?.terminated !== undefined) {
    return never(`it ended with exit code ${state.terminated.exitCode}: ${state.terminated.message ?? ''}`);
  }
  const { reason, message } = state?.waiting ?? {};
  return notYet([reason ?? 'the kubelet has not said anything of it', message].filter(Boolean).join(': '));
}

function stateOf({ status }: Pod, container: string) {
  return status?.ephemeralContainerStatuses?.find(({ name }) => name === container)?.state;
}

function isRunning(pod: Pod, container: string): boolean {
  return stateOf(pod, container)?.running !== undefined;
}

/** What a visit must not touch, each as a sentence. */
export type Standing = Readonly<Record<string, string>>;

async function standingOf(api: KubeApi, namespace: string, name: string, signal: AbortSignal): Promise<Standing> {
  const [pod, slices] = await Promise.all([
    api.find(pods, namespace, name, { signal }),
    api.list(endpointSlices, { namespace }, { signal }),
  ]);
  const ready = pod?.status?.conditions?.find(({ type }) => type === 'Ready');
  const containers = pod?.status?.containerStatuses ?? [];
  const endpoints = slices.items.flatMap(({ metadata, endpoints: entries }) =>
    (entries ?? [])
      .filter(({ targetRef }) => targetRef?.kind === 'Pod' && targetRef.name === name)
      .map(({ conditions }) => `${metadata?.labels?.['kubernetes.io/service-name']} ready=${conditions?.ready}`),
  );
  return {
    pod: pod?.metadata?.uid ?? 'gone',
    Ready: `${ready?.status} since ${ready?.lastTransitionTime}`,
    restarts: containers.map((container) => `${container.name} ${container.restartCount}`).join(', '),
    endpoints: endpoints.toSorted().join(', '),
  };
}

/** E.g. `Ready: was True since …, is False since …`. */
export function differences(before: Standing, after: Standing): readonly string[] {
  return Object.entries(before).flatMap(([what, was]) =>
    after[what] === was ? [] : [`${what}: was ${was}, is ${after[what]}`],
  );
}
