import { HelmRecordError } from '../helm/record.ts';
import { TransportError } from '../http/transport-error.ts';
import type { KubeApi } from '../kube/api.ts';
import { KubeError } from '../kube/kube-error.ts';
import { NotKubernetes } from '../kube/not-kubernetes.ts';
import { messageOf } from '../problem.ts';
import type { Verdict } from './check.ts';
import type { Subject } from './subject.ts';

/** The release in its cluster. */
export interface ClusterView extends Subject {
  readonly api: KubeApi;
  /** How long the rollout may still take, in milliseconds. */
  readonly rolloutDeadlineMs: number;
}

/** The verdict where the API server gave no answer (refused, unreachable) or Helm's record none. Anything else is a defect and goes on up. */
export function noLook(expected: string, error: unknown): Verdict {
  if (error instanceof KubeError) {
    const observed = `the API server refused: ${error.message}`;
    return { outcome: 'unknown', expected, observed, hint: hintOf(error.status) };
  }
  if (error instanceof NotKubernetes) {
    const hint =
      "look at the server of the kubeconfig's cluster, and at what stands before it: kubectl get --raw /version";
    return { outcome: 'unknown', expected, observed: error.message, hint };
  }
  if (error instanceof TransportError) {
    const observed = `the API server could not be asked: ${error.observed}`;
    return { outcome: 'unknown', expected, observed, hint: `${error.hint}; check with: kubectl version` };
  }
  if (error instanceof HelmRecordError) {
    const hint = 'helm itself says what it can read: helm list --all --all-namespaces';
    return { outcome: 'unknown', seen: true, expected, observed: messageOf(error), hint };
  }
  throw error;
}

function hintOf(status: number): string {
  if (status === 401) {
    return 'the credentials of the kubeconfig are not accepted: log in again';
  }
  if (status === 403) {
    return 'give the identity of the kubeconfig these rights: kubectl auth can-i --list';
  }
  if (status === 429) {
    return 'the API server is overloaded, or this identity asks too much of it: run again when it is quieter';
  }
  return status >= 500
    ? "the API server or what stands before it has trouble: kubectl get --raw '/readyz?verbose', then run again"
    : "the API server's own answer says why";
}
