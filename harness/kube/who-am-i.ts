import type { V1SelfSubjectReview } from '@kubernetes/client-node';
import type { KubeApi } from './api.ts';
import type { Json, Resource } from './resource.ts';

const selfSubjectReviews: Resource<Json<V1SelfSubjectReview>> = {
  apiVersion: 'authentication.k8s.io/v1',
  kind: 'SelfSubjectReview',
  plural: 'selfsubjectreviews',
  namespaced: false,
};

/** The name that the server knows us by; empty where it tells none. The review is answered and not kept. */
export async function whoAmI(api: KubeApi, signal: AbortSignal): Promise<string> {
  const { status } = await api.create(selfSubjectReviews, undefined, {}, { signal });
  return status?.userInfo?.username ?? '';
}
