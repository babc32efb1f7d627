import type { V1SelfSubjectAccessReview } from '@kubernetes/client-node';
import type { CallOptions, KubeApi } from '../api/api.ts';
import type { Json, Resource } from '../api/resource.ts';

const accessReviews: Resource<Json<V1SelfSubjectAccessReview>> = {
  apiVersion: 'authorization.k8s.io/v1',
  kind: 'SelfSubjectAccessReview',
  plural: 'selfsubjectaccessreviews',
  namespaced: false,
  stored: false,
};

export interface Access {
  readonly namespace: string;
  readonly verb: string;
  /** Empty for the core group. */
  readonly group: string;
  /** E.g. `deployments` or `pods/log`. */
  readonly resource: string;
}

/** `unknown`: an authorizer failed and none denied; the server too says `allowed: false` then. */
export interface AccessAnswer {
  readonly answer: 'yes' | 'no' | 'unknown';
  readonly told: string;
}

/** Asks as `kubectl auth can-i` does; nothing is stored. */
export async function accessAnswer(
  api: KubeApi,
  { namespace, verb, group, resource: asked }: Access,
  options: CallOptions = {},
): Promise<AccessAnswer> {
  const [resource = '', subresource] = asked.split('/', 2);
  const resourceAttributes = {
    namespace,
    verb,
    group,
    resource,
    ...(subresource === undefined ? {} : { subresource }),
  };
  const { status } = await api.create(accessReviews, undefined, { spec: { resourceAttributes } }, options);
  return answerOf(status);
}

/** See `kubectl explain selfsubjectaccessreview.status`. */
export function answerOf(status: unknown): AccessAnswer {
  const { allowed, denied, reason, evaluationError } = membersOf(status);
  const because = typeof reason === 'string' && reason !== '' ? ` (${reason})` : '';
  if (typeof allowed !== 'boolean') {
    return { answer: 'unknown', told: 'the API server answers the access review without saying yes or no' };
  }
  if (allowed) {
    return { answer: 'yes', told: `the API server says yes${because}` };
  }
  if (denied === true || evaluationError === undefined || evaluationError === '' || evaluationError === null) {
    return { answer: 'no', told: `the API server says no${because}` };
  }
  return {
    answer: 'unknown',
    told: `an authorizer of the API server could not decide: ${typeof evaluationError === 'string' ? evaluationError : JSON.stringify(evaluationError)}`,
  };
}

function membersOf(status: unknown): Readonly<Record<string, unknown>> {
  return typeof status === 'object' && status !== null ? { ...status } : {};
}
