import type { HttpAnswer } from '@meho/core/http/exchange';
import type { TransportError } from '@meho/core/http/transport-error';
import { logsOf, type Subject } from '@meho/helm/subject';
import type { Verdict } from '../check.ts';

type SeenAnswer = HttpAnswer & { readonly routedAfterMs?: number };

export function noAnswerVerdict(expected: string, error: TransportError): Verdict {
  return { outcome: 'unknown', expected, observed: error.observed, hint: error.hint };
}

/** Names a status's usual cause, e.g. `301, a redirect to https://…`. */
export function describeStatus({ status, headers, routedAfterMs }: SeenAnswer): string {
  if (routedAfterMs !== undefined) {
    return `${status} after ${(routedAfterMs / 1000).toFixed(1)} s of answers that were not the backplane's`;
  }
  if (status >= 300 && status < 400) {
    return `${status}, a redirect to ${headers.location ?? 'nowhere (no Location header)'}`;
  }
  return String(status);
}

/** Whether a gateway answered: the backplane sends X-Request-ID with every response (contract, its surface). */
export function isGatewayAnswer({ status, headers }: HttpAnswer): boolean {
  return [404, 502, 503, 504].includes(status) && headers['x-request-id'] === undefined;
}

/** The backplane sends only JSON: HTML without an id is e.g. a login proxy's. */
export function isWebPage({ headers }: HttpAnswer): boolean {
  const isHtml = /^(text\/html|application\/xhtml\+xml)\b/i.test(headers['content-type'] ?? '');
  return isHtml && headers['x-request-id'] === undefined;
}

/**
 * What a login proxy or another service sends in the backplane's place: a web page, or 401 that wants another login than a
 * bearer token.
 */
export function strangerOf(answer: SeenAnswer): { readonly observed: string; readonly hint: string } | undefined {
  const { status, headers } = answer;
  const seen = describeStatus(answer);
  if (isWebPage(answer)) {
    return { observed: `${seen} with a web page, which is not the backplane's`, hint: WEB_PAGE_HINT };
  }
  const challenge = headers['www-authenticate'] ?? '';
  const scheme = /^[A-Za-z]+/.exec(challenge)?.[0];
  return status !== 401 ||
    scheme === undefined ||
    /\bbearer\b/i.test(challenge) ||
    headers['x-request-id'] !== undefined
    ? undefined
    : { observed: `${seen} that asks for a login by ${scheme}, which is not the backplane's`, hint: LOGIN_HINT };
}

/** Whether another application sent it: no member of the health answer and no X-Request-ID. */
export function isOtherApplication({ headers }: HttpAnswer, body: Readonly<Record<string, unknown>>): boolean {
  const isNamed = ['operator', 'vault', 'db'].some((name) => Object.hasOwn(body, name));
  return !isNamed && headers['x-request-id'] === undefined;
}

export const OTHER_HINT = 'something other than the backplane answers at this path: check the ingress';

/** What the answer implies for the host's other answers. */
export function hostOf(answer: HttpAnswer): { readonly host?: 'gateway' } {
  const { status, headers } = answer;
  // A 2xx or 401 without an id may still be the backplane's.
  const isUnlike = status !== 401 && (status < 200 || status >= 300);
  return strangerOf(answer) !== undefined || (isUnlike && headers['x-request-id'] === undefined)
    ? { host: 'gateway' }
    : {};
}

const LOGIN_HINT =
  'something in front of the backplane wants a login of its own: take it off the way of this host (kubectl get ingresses -A)';

export const WEB_PAGE_HINT =
  "a login page or another service answers for this host: give the backplane's own host, and take what asks for a login off its way";

export function statusHint(answer: HttpAnswer, subject: Subject): string {
  const { namespace } = subject;
  const { status, headers } = answer;
  if (status === 401) {
    const stranger = strangerOf(answer);
    if (stranger !== undefined) {
      return stranger.hint;
    }
  }
  if (status >= 300 && status < 400) {
    return 'redirects are not followed: give the host that answers itself, and check the ingress for redirect rules';
  }
  const logs = logsOf(subject);
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

/** E.g. `memberAt(value, 'operator', 'sub')`. */
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
