import type { V1RoleBinding } from '@kubernetes/client-node';
import type { KubeApi } from '../kube/api.ts';
import { KubeError } from '../kube/kube-error.ts';
import { type Json, type Resource, secrets } from '../kube/resource.ts';
import { holds, notYet, waitFor } from '../wait/wait-for.ts';
import type { OwnRole } from './ground.ts';

const roleBindings: Resource<Json<V1RoleBinding>> = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  namespaced: true,
};

const effectDeadlineMs = 20_000;

/** Gives our own identity a ClusterRole's rights in a namespace that it has just made, and waits until they count. */
export async function bindOwnRole(
  api: KubeApi,
  namespace: string,
  labels: Readonly<Record<string, string>>,
  { clusterRole, subject }: OwnRole,
): Promise<void> {
  const name = 'meho-acceptance';
  const isAccount = subject.kind === 'ServiceAccount';
  await api.create(roleBindings, namespace, {
    metadata: { name, namespace, labels },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: clusterRole },
    subjects: [isAccount ? subject : { ...subject, apiGroup: 'rbac.authorization.k8s.io' }],
  });
  // The authorizer learns of a binding from a watch, a moment after it is stored.
  await waitFor(
    `the rights of ClusterRole ${clusterRole} to count in ${namespace}`,
    async (signal) => {
      try {
        await api.listMetadata(secrets, { namespace }, { signal });
        return holds(undefined);
      } catch (error) {
        if (error instanceof KubeError && error.status === 403) {
          return notYet(error.message);
        }
        throw error;
      }
    },
    { deadlineMs: effectDeadlineMs, intervalMs: 50 },
  );
}
