import type { V1ValidatingAdmissionPolicy, V1ValidatingAdmissionPolicyBinding } from '@kubernetes/client-node';
import { Problem } from '@meho/core/problem';
import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import type { KubeApi } from '@meho/kube/api/api';
import { KubeError } from '@meho/kube/api/kube-error';
import { type Json, nodes, type Resource } from '@meho/kube/api/resource';
import type { Environment } from '../environment/environment.ts';

const admission = 'admissionregistration.k8s.io/v1';
const policies: Resource<Json<V1ValidatingAdmissionPolicy>> = {
  apiVersion: admission,
  kind: 'ValidatingAdmissionPolicy',
  plural: 'validatingadmissionpolicies',
  namespaced: false,
};
const bindings: Resource<Json<V1ValidatingAdmissionPolicyBinding>> = {
  apiVersion: admission,
  kind: 'ValidatingAdmissionPolicyBinding',
  plural: 'validatingadmissionpolicybindings',
  namespaced: false,
};

const taint = { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' } as const;
const name = 'meho-acceptance-node-pressure';
const inForceDeadlineMs = 20_000;

/**
 * Taints every node as under memory pressure, until disposed of.
 *
 * The node's condition disagrees, so an admission policy keeps the node controller from removing the taint. Both are
 * cluster-wide.
 *
 * @throws Problem on an existing cluster
 */
export async function memoryPressure(
  { api, cluster, request }: Environment,
  signal: AbortSignal,
): Promise<AsyncDisposable> {
  if (!cluster.capabilities.disposable) {
    throw new Problem({
      expected: 'a cluster that was made for this run',
      observed: 'it goes on after us, and all of its pods would be kept out',
      next: 'run this on the cluster that the suite starts by itself',
    });
  }
  const names = (await api.list(nodes, {}, { signal })).items.map(({ metadata }) => metadata?.name ?? '');
  await using stack = new AsyncDisposableStack();
  // Without the signal, which may have fired.
  stack.defer(() => waitForTaints(api, names, []));
  stack.defer(() => api.delete(policies, undefined, name));
  stack.defer(() => api.delete(bindings, undefined, name));
  await api.create(policies, undefined, keepsTaint(request.labels), { signal });
  const spec = { policyName: name, validationActions: ['Deny'] };
  await api.create(bindings, undefined, { metadata: { name, labels: { ...request.labels } }, spec }, { signal });
  await waitFor(
    'the policy that keeps the taint to be in force',
    async (probeSignal) =>
      (await isRefused(setTaints(api, names, [], probeSignal)))
        ? holds(undefined)
        : notYet('a node without the taint is still accepted'),
    { deadlineMs: inForceDeadlineMs, signal },
  );
  // An earlier taint may already be gone, which the policy wouldn't show.
  await setTaints(api, names, [taint], signal);
  const undo = stack.move();
  return { [Symbol.asyncDispose]: () => undo.disposeAsync() };
}

type Taints = readonly { readonly key: string; readonly effect: string }[];

async function setTaints(api: KubeApi, names: readonly string[], taints: Taints, signal?: AbortSignal): Promise<void> {
  const options = signal === undefined ? {} : { signal };
  await Promise.all(names.map((node) => api.patch(nodes, undefined, node, { spec: { taints } }, options)));
}

/** Policies take effect, and cease, with a delay. */
function waitForTaints(api: KubeApi, names: readonly string[], taints: Taints): Promise<void> {
  return waitFor(
    'the taint to be taken off every node',
    async (signal) =>
      (await isRefused(setTaints(api, names, taints, signal))) ? notYet('it is still kept') : holds(undefined),
    { deadlineMs: inForceDeadlineMs },
  );
}

async function isRefused(change: Promise<void>): Promise<boolean> {
  try {
    await change;
    return false;
  } catch (error) {
    if (error instanceof KubeError && error.message.includes(name)) {
      return true;
    }
    throw error;
  }
}

function keepsTaint(labels: Readonly<Record<string, string>>): Json<V1ValidatingAdmissionPolicy> {
  return {
    metadata: { name, labels: { ...labels } },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['nodes'] }],
      },
      validations: [
        {
          expression: `has(object.spec.taints) && object.spec.taints.exists(t, t.key == '${taint.key}')`,
          message: 'a test keeps the node under pressure',
        },
      ],
    },
  };
}
