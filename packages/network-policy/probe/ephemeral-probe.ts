import { randomBytes } from 'node:crypto';
import { holds, never, notYet, waitFor } from '@meho/core/wait/wait-for';
import type { KubeApi } from '@meho/kube/api/api';
import { endpointSlices, type Pod, pods } from '@meho/kube/api/resource';
import type { PodEndpoint } from '../semantics/cluster-policies.ts';
import { type ProbeContainer, runProbe } from './ask-probe.ts';
import { type ProbePodSpec, serveArguments, waitForProbe } from './probing-pod.ts';

/** An ephemeral container in another pod's network namespace. */
export interface EphemeralProbe extends AsyncDisposable {
  readonly container: ProbeContainer;
  /** Must be empty. @throws like any API call */
  changes(): Promise<readonly string[]>;
}

export interface EphemeralProbeOptions {
  readonly image: string;
  /** Ports that the pod itself doesn't use. */
  readonly serves: ProbePodSpec['serves'];
  readonly signal: AbortSignal;
}

const deadlineMs = 45_000;
const stopDeadlineMs = 15_000;
/** An ephemeral container can't be removed, so its program has a time limit. */
const lifetime = '30m';

/**
 * Adds a probe to a running pod, without its volumes, environment or resource requests. Disposal ends the probe; its
 * status entry lasts as long as the pod.
 */
export async function attachProbe(
  api: KubeApi,
  { namespace, name }: PodEndpoint,
  { image, serves, signal }: EphemeralProbeOptions,
): Promise<EphemeralProbe> {
  const before = await podStateOf(api, namespace, name, signal);
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
  const stand: ProbeContainer = { namespace, pod: name, container };
  const stop = async () => {
    await runProbe(api, stand, ['stop', '-name', container], AbortSignal.timeout(stopDeadlineMs)).catch(
      (error: unknown) => {
        // The probe went with its pod.
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
    await waitForProbe(api, stand, serves, signal);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    container: stand,
    changes: async () => stateDifferences(before, await podStateOf(api, namespace, name, signal)),
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

export type PodState = Readonly<Record<string, string>>;

async function podStateOf(api: KubeApi, namespace: string, name: string, signal: AbortSignal): Promise<PodState> {
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
export function stateDifferences(before: PodState, after: PodState): readonly string[] {
  return Object.entries(before).flatMap(([what, was]) =>
    after[what] === was ? [] : [`${what}: was ${was}, is ${after[what]}`],
  );
}
