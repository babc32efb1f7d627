import type { V1SelfSubjectAccessReview } from '@kubernetes/client-node';
import type { CallOptions, KubeApi } from './api.ts';
import type { Json, Resource } from './resource.ts';

const accessReviews: Resource<Json<V1SelfSubjectAccessReview>> = {
  apiVersion: 'authorization.k8s.io/v1',
  kind: 'SelfSubjectAccessReview',
  plural: 'selfsubjectaccessreviews',
  namespaced: false,
};

export interface Access {
  readonly namespace: string;
  readonly verb: string;
  /** Empty for the core group. */
  readonly group: string;
  /** E.g. `deployments` or `pods/log`. */
  readonly resource: string;
}

/** Whether the server's authorizers let us do something, as `kubectl auth can-i` asks. The question is not kept. */
export async function allowed(
  api: KubeApi,
  { namespace, verb, group, resource: asked }: Access,
  options: CallOptions = {},
): Promise<boolean> {
  const [resource = '', subresource] = asked.split('/', 2);
  const resourceAttributes = {
    namespace,
    verb,
    group,
    resource,
    ...(subresource === undefined ? {} : { subresource }),
  };
  const { status } = await api.create(accessReviews, undefined, { spec: { resourceAttributes } }, options);
  return status?.allowed === true;
}
