import { randomBytes } from 'node:crypto';
import { messageOf } from '@meho/core/problem';
import { holds, never, notYet, waitFor } from '@meho/core/wait/wait-for';
import type { ResolvedImage } from '@meho/images/image';
import type { KubeApi } from '@meho/kube/api/api';
import { deleteCreated } from '@meho/kube/api/clean-up';
import { namespaces, type Pod, pods } from '@meho/kube/api/resource';
import { execInPod, type PodAnswer } from '@meho/kube/workloads/exec';

const podName = 'probe';
const deadlineMs = 45_000;

export interface AgnhostPod extends AsyncDisposable {
  readonly namespace: string;
  /** E.g. `connect 10.43.0.10:53 --timeout=1s`. */
  agnhost(args: readonly string[], signal: AbortSignal): Promise<PodAnswer>;
}

export interface AgnhostPodOptions {
  readonly image: ResolvedImage;
  readonly labels: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Disposing the pod removes its namespace without waiting. */
export async function startAgnhostPod(api: KubeApi, options: AgnhostPodOptions): Promise<AgnhostPod> {
  const namespace = `meho-probe-${randomBytes(3).toString('hex')}`;
  const { signal, labels } = options;
  const made = await waitFor(
    `namespace ${namespace} to be created`,
    async (probeSignal) =>
      holds(
        await api.create(namespaces, undefined, { metadata: { name: namespace, labels } }, { signal: probeSignal }),
      ),
    { deadlineMs, signal },
  );
  const remove = async () => {
    await api.delete(pods, namespace, podName).catch(() => undefined);
    await deleteCreated(api, namespaces, made);
  };
  const pod: AgnhostPod = {
    namespace,
    agnhost: (args, callSignal) =>
      execInPod(
        api,
        { namespace, pod: podName, container: podName, command: ['/agnhost', ...args] },
        AbortSignal.any([signal, callSignal]),
      ),
    [Symbol.asyncDispose]: remove,
  };
  try {
    // Refused until the namespace has its default ServiceAccount.
    await waitFor(
      'the probe pod to be accepted',
      async (probeSignal) =>
        holds(await api.apply(pods, namespace, podName, manifest(options), { signal: probeSignal })),
      { deadlineMs, intervalMs: 100, signal },
    );
    await waitFor(
      'the probe pod to run',
      async (probeSignal) => {
        const { status } = await api.get(pods, namespace, podName, { signal: probeSignal });
        return observe(status);
      },
      { deadlineMs, signal },
    );
    return pod;
  } catch (error) {
    await remove().catch((left: unknown) => {
      throw new AggregateError([error, left], `${messageOf(error)}; its namespace ${namespace} is left`);
    });
    throw error;
  }
}

function observe(status: Pod['status']) {
  if (status?.phase === 'Running') {
    return holds(undefined);
  }
  const waiting = status?.containerStatuses?.[0]?.state?.waiting;
  const observed = [status?.phase ?? 'no status', waiting?.reason, waiting?.message].filter(Boolean).join(', ');
  return status?.phase === 'Failed' ? never(observed) : notYet(observed);
}

function manifest({ image, labels }: AgnhostPodOptions): Pod {
  return {
    metadata: { name: podName, labels: { ...labels, app: podName } },
    spec: {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, runAsUser: 65534, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: podName,
          image: image.reference,
          imagePullPolicy: 'Never',
          args: ['pause'],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    },
  };
}
