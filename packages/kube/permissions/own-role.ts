import type { V1RoleBinding } from '@kubernetes/client-node';
import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import type { KubeApi } from '../api/api.ts';
import { KubeError } from '../api/kube-error.ts';
import { type Json, type Resource, secrets } from '../api/resource.ts';

/** Bindable by our identity in its own namespace. */
export interface OwnRole {
  readonly clusterRole: string;
  readonly subject: { readonly kind: 'User'; readonly name: string } | ServiceAccountSubject;
}

interface ServiceAccountSubject {
  readonly kind: 'ServiceAccount';
  readonly namespace: string;
  readonly name: string;
}

export function subjectOf(username: string): OwnRole['subject'] {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(username) ?? [];
  return namespace === undefined || name === undefined
    ? { kind: 'User', name: username }
    : { kind: 'ServiceAccount', namespace, name };
}

export const roleBindings: Resource<Json<V1RoleBinding>> = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  namespaced: true,
};

const effectDeadlineMs = 20_000;

/** Waits until the rights take effect. */
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
  // The authorizer sees a new binding a moment later.
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
