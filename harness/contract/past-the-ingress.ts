import { isApiTrouble } from '../kube/api-trouble.ts';
import { isFields } from '../kube/fields.ts';
import { KubeError } from '../kube/kube-error.ts';
import { pathOf, services } from '../kube/resource.ts';
import type { ClusterView } from './cluster-view.ts';
import { servedBy } from './serving.ts';
import { HEALTH_PATH } from './subject.ts';

/** Whether the backplane itself sends X-Request-ID, or why that could not be seen. */
export type Sender =
  | { readonly kind: 'seen'; readonly sends: boolean; readonly service: string }
  | { readonly kind: 'unseen'; readonly why: string };

/**
 * Asks the backplane for its health without a token through the API server, past the ingress controller and all that
 * stands before it. It takes the right to get `services/proxy`, which an identity need not have.
 */
export async function askPastIngress(cluster: ClusterView, host: string, signal: AbortSignal): Promise<Sender> {
  try {
    const { by, doubt } = await servedBy(cluster, host, signal);
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

/** The API server's own answer, in the place of the backplane's. */
function isStatus(body: string): boolean {
  try {
    const answer: unknown = JSON.parse(body);
    return isFields(answer) && answer['kind'] === 'Status' && answer['apiVersion'] === 'v1';
  } catch {
    return false;
  }
}
