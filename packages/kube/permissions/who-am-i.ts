import type { V1SelfSubjectReview } from '@kubernetes/client-node';
import { Problem } from '@meho/core/problem';
import type { KubeApi } from '../api/api.ts';
import { isFields } from '../api/fields.ts';
import { KubeError } from '../api/kube-error.ts';
import type { Json, Resource } from '../api/resource.ts';

const selfSubjectReviews: Resource<Json<V1SelfSubjectReview>> = {
  apiVersion: 'authentication.k8s.io/v1',
  kind: 'SelfSubjectReview',
  plural: 'selfsubjectreviews',
  namespaced: false,
  stored: false,
};

/** API servers before 1.28 can't say who asks; 1.27 can where its beta is on. */
export class NoSelfReview extends Problem {
  constructor(version: string, cause: unknown) {
    super(
      {
        expected: 'the API server to say who we are',
        observed: `the API server is ${version}, and SelfSubjectReview came with v1.28`,
        next: 'bind the ClusterRole to the identity beforehand, and leave --bind-role out',
      },
      { cause },
    );
    this.name = 'NoSelfReview';
  }
}

/** Returns the user name, or empty text. Nothing is stored. @throws NoSelfReview for an old API server */
export async function whoAmI(api: KubeApi, signal: AbortSignal): Promise<string> {
  try {
    return await nameBy(api, selfSubjectReviews, signal);
  } catch (error) {
    const version = isMissing(error) ? await versionBefore128(api, signal) : undefined;
    if (version === undefined) {
      throw error;
    }
    try {
      return await nameBy(api, { ...selfSubjectReviews, apiVersion: 'authentication.k8s.io/v1beta1' }, signal);
    } catch (beta) {
      throw isMissing(beta) ? new NoSelfReview(version, error) : beta;
    }
  }
}

async function nameBy(api: KubeApi, reviews: typeof selfSubjectReviews, signal: AbortSignal): Promise<string> {
  const { status } = await api.create(reviews, undefined, {}, { signal });
  return status?.userInfo?.username ?? '';
}

function isMissing(error: unknown): boolean {
  return error instanceof KubeError && error.status === 404;
}

/** Undefined for a newer one, of which a 404 means something else. */
async function versionBefore128(api: KubeApi, signal: AbortSignal): Promise<string | undefined> {
  const { status, body } = await api.answer('/version', { signal });
  const told: unknown = status === 200 ? parsed(body) : undefined;
  const { gitVersion } = isFields(told) ? told : {};
  const [, major, minor] = /^v(\d+)\.(\d+)\./.exec(typeof gitVersion === 'string' ? gitVersion : '') ?? [];
  return major === '1' && Number(minor) < 28 ? String(gitVersion) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Reads the server's clock, which dates objects, in ms since 1970; else ours. Before 1.28, without the review, takes
 * the answer's date, to the second.
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
