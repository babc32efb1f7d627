import type { V1SelfSubjectReview } from '@kubernetes/client-node';
import type { KubeApi } from './api.ts';
import { KubeError } from './kube-error.ts';
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

/**
 * The API server's own clock, by which objects are dated, in milliseconds since 1970; this machine's where it tells none.
 * Servers before 1.28 have no such review, and say the time with each answer, to the second.
 */
export async function serverTime(api: KubeApi, signal: AbortSignal): Promise<number> {
  const told = await reviewedAt(api, signal);
  const time = Date.parse(told ?? (await api.answer('/version', { signal })).headers.date ?? '');
  return Number.isNaN(time) ? Date.now() : time;
}

async function reviewedAt(api: KubeApi, signal: AbortSignal): Promise<string | undefined> {
  try {
    return (await api.create(selfSubjectReviews, undefined, {}, { signal })).metadata?.creationTimestamp;
  } catch (error) {
    if (error instanceof KubeError && [403, 404, 405].includes(error.status)) {
      return undefined;
    }
    throw error;
  }
}
