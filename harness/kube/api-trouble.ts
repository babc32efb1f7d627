import { TransportError } from '../http/transport-error.ts';
import { KubeError } from './kube-error.ts';
import { NotKubernetes } from './not-kubernetes.ts';

/** Whether an error says that the API server could not be asked or refuses, rather than that something of ours is broken. */
export function isApiTrouble(error: unknown): error is KubeError | TransportError | NotKubernetes {
  return error instanceof KubeError || error instanceof TransportError || error instanceof NotKubernetes;
}
