import { HEALTH_PATH } from '@meho/helm/subject';
import { isApiTrouble } from '@meho/kube/api/api-trouble';
import { isFields } from '@meho/kube/api/fields';
import { KubeError } from '@meho/kube/api/kube-error';
import { pathOf, services } from '@meho/kube/api/resource';
import type { ClusterView } from './cluster-view.ts';
import { servicesFor } from './serving.ts';

export type RequestIdSender =
  | { readonly kind: 'seen'; readonly sends: boolean; readonly service: string }
  | { readonly kind: 'unseen'; readonly why: string };

/** Bypasses the ingress through the API server. Needs the right to get `services/proxy`, which an identity may lack. */
export async function askBehindIngress(
  cluster: ClusterView,
  host: string,
  signal: AbortSignal,
): Promise<RequestIdSender> {
  try {
    const { by, doubt } = await servicesFor(cluster, host, signal);
    const [service] = by;
    if (service === undefined || doubt !== undefined) {
      return { kind: 'unseen', why: doubt ?? 'no Service of the release has a port' };
    }
    const path = `${pathOf(services, cluster.namespace)}/http:${service.name}:${service.port.port}/proxy${HEALTH_PATH}`;
    const { status, headers, body } = await cluster.api.answer(path, { signal });
    if (isStatus(body)) {
      return { kind: 'unseen', why: KubeError.ofAnswer('GET', path, { status, headers, body }).message };
    }
    return { kind: 'seen', sends: String(headers['x-request-id'] ?? '').trim() !== '', service: service.name };
  } catch (error) {
    signal.throwIfAborted();
    if (isApiTrouble(error)) {
      return { kind: 'unseen', why: error.message };
    }
    throw error;
  }
}

/** Whether the API server itself answered. */
function isStatus(body: string): boolean {
  try {
    const answer: unknown = JSON.parse(body);
    return isFields(answer) && answer['kind'] === 'Status' && answer['apiVersion'] === 'v1';
  } catch {
    return false;
  }
}
