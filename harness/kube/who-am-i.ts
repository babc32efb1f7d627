import type { V1SelfSubjectReview } from '@kubernetes/client-node';
import type { KubeApi } from './api.ts';
import type { Json, Resource } from './resource.ts';

const selfSubjectReviews: Resource<Json<V1SelfSubjectReview>> = {
  apiVersion: 'authentication.k8s.io/v1',
  kind: 'SelfSubjectReview',
  plural: 'selfsubjectreviews',
  namespaced: false,
  stored: false,
};

/** The name that the server knows us by; empty where it tells none. The review is answered and not kept. */
export async function whoAmI(api: KubeApi, signal: AbortSignal): Promise<string> {
  const { status } = await api.create(selfSubjectReviews, undefined, {}, { signal });
  return status?.userInfo?.username ?? '';
}

/** The API server's own clock, by which objects are dated, in milliseconds since 1970; this machine's where it tells none. */
export async function serverTime(api: KubeApi, signal: AbortSignal): Promise<number> {
  const { metadata } = await api.create(selfSubjectReviews, undefined, {}, { signal });
  const time = Date.parse(metadata?.creationTimestamp ?? '');
  return Number.isNaN(time) ? Date.now() : time;
}
