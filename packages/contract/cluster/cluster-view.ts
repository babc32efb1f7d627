import { TransportError } from '@meho/core/http/transport-error';
import { messageOf } from '@meho/core/problem';
import { HelmRecordError } from '@meho/helm/record';
import type { Subject } from '@meho/helm/subject';
import type { KubeApi } from '@meho/kube/api/api';
import { canI } from '@meho/kube/api/asked-right';
import { isAdmissionRefusal, isWebhookFailure, KubeError } from '@meho/kube/api/kube-error';
import { NotKubernetes } from '@meho/kube/api/not-kubernetes';
import type { Verdict } from '../check.ts';

export interface ClusterView extends Subject {
  readonly api: KubeApi;
  readonly rolloutDeadlineMs: number;
}

/** Judges a refusing or unreachable API server and a missing Helm record; rethrows defects. */
export function unknownVerdict(expected: string, error: unknown): Verdict {
  if (error instanceof KubeError) {
    const observed = `the API server refused: ${error.message}`;
    return { outcome: 'unknown', expected, observed, hint: hintOf(error) };
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

export const ADMISSION_HINT =
  'the right is there, and admission refuses the object: look at the policy, quota or webhook that the message names';

function hintOf(error: KubeError): string {
  const { status, right } = error;
  const namespace = right?.namespace;
  if (isAdmissionRefusal(error)) {
    return ADMISSION_HINT;
  }
  if (isWebhookFailure(error)) {
    return 'a webhook of the cluster can not be called, which the message names: kubectl get validatingwebhookconfigurations';
  }
  if (status === 401) {
    const asked = namespace === undefined ? '' : ` (asked about namespace ${namespace})`;
    return `the credentials of the kubeconfig are not accepted${asked}: log in again; check with: kubectl auth whoami`;
  }
  if (status === 403) {
    if (right === undefined) {
      return 'give the identity of the kubeconfig these rights: kubectl auth can-i --list';
    }
    const where = namespace === undefined ? 'the whole cluster' : `namespace ${namespace}`;
    return `give the identity of the kubeconfig the right to ${right.verb} ${right.resource} in ${where}; check with: ${canI(right)}`;
  }
  if (status === 429) {
    return 'the API server is overloaded, or this identity asks too much of it: run again when it is quieter';
  }
  return status >= 500
    ? "the API server or what stands before it has trouble: kubectl get --raw '/readyz?verbose', then run again"
    : "the API server's own answer says why";
}
