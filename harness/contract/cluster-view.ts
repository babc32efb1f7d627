import { HelmRecordError } from '../helm/record.ts';
import { TransportError } from '../http/transport-error.ts';
import type { KubeApi } from '../kube/api.ts';
import { KubeError } from '../kube/kube-error.ts';
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
    const hint =
      error.status === 403
        ? 'give the identity of the kubeconfig these rights: kubectl auth can-i --list'
        : error.status === 401
          ? 'the credentials of the kubeconfig are not accepted: log in again'
          : "the API server's own answer says why";
    return { outcome: 'unknown', expected, observed: `the API server refused: ${error.message}`, hint };
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
