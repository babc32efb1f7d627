import { randomBytes } from 'node:crypto';
import type { ResolvedImage } from '../images/image.ts';
import type { KubeApi } from '../kube/api.ts';
import { deleteMade } from '../kube/clean-up.ts';
import { execInPod, type PodAnswer } from '../kube/exec.ts';
import { namespaces, type Pod, pods } from '../kube/resource.ts';
import { messageOf } from '../problem.ts';
import { holds, never, notYet, waitFor } from '../wait/wait-for.ts';

const podName = 'probe';
const deadlineMs = 45_000;

/** A pod of agnhost in a namespace of its own, from which the cluster is looked at as any pod sees it. */
export interface ProbePod extends AsyncDisposable {
  readonly namespace: string;
  /** Runs agnhost in the pod, e.g. `connect 10.43.0.10:53 --timeout=1s`. */
  agnhost(args: readonly string[], signal: AbortSignal): Promise<PodAnswer>;
}

export interface ProbePodOptions {
  /** Image of Kubernetes' agnhost, on the node already. */
  readonly image: ResolvedImage;
  readonly labels: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Starts the pod; disposing removes its namespace without waiting for the end of that. */
export async function startProbePod(api: KubeApi, options: ProbePodOptions): Promise<ProbePod> {
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
    await deleteMade(api, namespaces, made);
  };
  const pod: ProbePod = {
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
    // Refused until the controller manager has made the namespace's default ServiceAccount, hence the wait.
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

function manifest({ image, labels }: ProbePodOptions): Pod {
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
