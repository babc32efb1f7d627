import { TransportError } from '@meho/core/http/transport-error';
import { KubeError } from './kube-error.ts';
import { NotKubernetes } from './not-kubernetes.ts';

/** Tells the API server's trouble from faults of our code. */
export function isApiTrouble(error: unknown): error is KubeError | TransportError | NotKubernetes {
  return error instanceof KubeError || error instanceof TransportError || error instanceof NotKubernetes;
}
