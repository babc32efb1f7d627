import type { HttpAnswer } from '../http/exchange.ts';
import type { TransportError } from '../http/transport-error.ts';
import type { Verdict } from './check.ts';

/** An answer as a check sees it. */
type SeenAnswer = HttpAnswer & { readonly routedAfterMs?: number };

/** The verdict where no answer came: nothing is known about the promise. */
export function noAnswer(expected: string, error: TransportError): Verdict {
  return { outcome: 'unknown', expected, observed: error.observed, hint: error.hint };
}

/** An answer's status in words that name what a wrong one usually means, e.g. `301, a redirect to https://…`. */
export function statusSeen({ status, headers, routedAfterMs }: SeenAnswer): string {
  if (routedAfterMs !== undefined) {
    return `${status} after ${(routedAfterMs / 1000).toFixed(1)} s of answers that were not the backplane's`;
  }
  if (status >= 300 && status < 400) {
    return `${status}, a redirect to ${headers.location ?? 'nowhere (no Location header)'}`;
  }
  return String(status);
}

/** Whether a gateway answered by itself: every response of the backplane carries X-Request-ID (contract, its surface). */
export function isGateways({ status, headers }: HttpAnswer): boolean {
  return [404, 502, 503, 504].includes(status) && headers['x-request-id'] === undefined;
}

/** Whether it is a page for people that somebody else sent, such as a login's: the backplane answers JSON alone. */
export function isWebPage({ headers }: HttpAnswer): boolean {
  const isHtml = /^(text\/html|application\/xhtml\+xml)\b/i.test(headers['content-type'] ?? '');
  return isHtml && headers['x-request-id'] === undefined;
}

/** Whether JSON with status 200 is another application's: neither a member of the health answer nor an id is there. */
export function isOfAnother({ headers }: HttpAnswer, body: Readonly<Record<string, unknown>>): boolean {
  const isNamed = ['operator', 'vault', 'db'].some((name) => Object.hasOwn(body, name));
  return !isNamed && headers['x-request-id'] === undefined;
}

/** What an answer that isn't the backplane's says of the host's other answers, as a member of a verdict. */
export function hostOf(answer: HttpAnswer): { readonly host?: 'gateway' } {
  const { status, headers } = answer;
  // Of the statuses that a check waits for it isn't known: a backplane may have lost its ids.
  const isUnlike = status !== 401 && (status < 200 || status >= 300);
  return isWebPage(answer) || (isUnlike && headers['x-request-id'] === undefined) ? { host: 'gateway' } : {};
}

/** Where to look first for a web page in the place of the backplane's answer. */
export const WEB_PAGE_HINT =
  "a login page or another service answers for this host: give the backplane's own host, and take what asks for a login off its way";

/** Where to look first for a status that isn't the expected one. */
export function statusHint(answer: HttpAnswer, namespace: string): string {
  const { status, headers } = answer;
  if (status >= 300 && status < 400) {
    return 'redirects are not followed: give the host that answers itself, and check the ingress for redirect rules';
  }
  const logs = `kubectl -n ${namespace} logs -l app.kubernetes.io/name=meho --tail=50`;
  if (headers['x-request-id'] !== undefined) {
    return status === 404 ? `the backplane itself has no such path, as a build of another version: ${logs}` : logs;
  }
  if (status === 404) {
    return `no Ingress leads this host to the backplane, or another service answers for it: kubectl -n ${namespace} get ingress`;
  }
  if (status === 429) {
    return 'what stands before the backplane limits requests: run again later, or take the limit off for this client';
  }
  if (status === 502 || status === 503 || status === 504) {
    return `the ingress controller has no ready backplane behind it: kubectl -n ${namespace} get pods,endpointslices; a pod that is not ready says at /ready on its port 8000 what it lacks, and networkPolicy.ingressControllerNamespace must be the controller's namespace (kube-system for those that RKE2 and k3s bring)`;
  }
  const what = isWebPage(answer) ? 'a web page' : 'an answer';
  return `${what} without X-Request-ID is not the backplane's: look at what stands before it (ingress controller, firewall, login proxy)`;
}

export type JsonBody =
  | { readonly kind: 'object'; readonly value: Readonly<Record<string, unknown>> }
  | { readonly kind: 'wrong'; readonly observed: string };

/** The JSON object in an answer's body, or what is there instead: another content type, broken JSON, another type. */
export function jsonObject({ headers, body }: HttpAnswer): JsonBody {
  const contentType = headers['content-type'];
  const essence = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (essence !== 'application/json' && !(essence.startsWith('application/') && essence.endsWith('+json'))) {
    return { kind: 'wrong', observed: contentType === undefined ? 'no content type' : `content type ${contentType}` };
  }
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return { kind: 'wrong', observed: `${body === '' ? 'an empty body' : 'a body that is not valid JSON'}` };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const type = value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`;
    return { kind: 'wrong', observed: `${type} instead of a JSON object` };
  }
  return { kind: 'object', value: { ...value } };
}

/** The member at a path of a JSON object, e.g. `memberAt(value, 'operator', 'sub')`; undefined where a step is missing. */
export function memberAt(value: unknown, ...path: readonly string[]): unknown {
  let found: unknown = value;
  for (const name of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) {
      return undefined;
    }
    found = Object.entries(found).find(([key]) => key === name)?.[1];
  }
  return found;
}
