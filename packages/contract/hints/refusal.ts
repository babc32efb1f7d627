import type { TransportError } from '@meho/core/http/transport-error';
import { logsOf, type Subject } from '@meho/helm/subject';
import { describeStatus, jsonObject, memberAt, noAnswerVerdict, statusHint, strangerOf } from '../backplane/answers.ts';
import type { Verdict } from '../check.ts';
import type { Secret } from '../token/secret.ts';
import { JWKS, tokenHint } from './token-hint.ts';

const ROLE = 'the token needs the claim tenant_role with the value operator or tenant_admin';
const AUDIT =
  "the backplane can't write its audit row: check that the database is up, the Secret with its URL and networkPolicy.postgresCIDR";

/** Words of a 5xx, which show that the backplane answered. */
const brokenLinks: ReadonlyMap<string, string> = new Map([
  ['jwks_unavailable', JWKS],
  ['audit_unavailable', AUDIT],
  // Images in the field answer 500 with it.
  ['audit_write_failed', AUDIT],
]);

export function refusal(
  reply: Parameters<typeof jsonObject>[0],
  subject: Subject,
  token: Secret,
): { readonly observed: string; readonly hint: string } {
  const stranger = strangerOf(reply);
  if (stranger !== undefined) {
    // Gateways' own pages: an ingress controller's 503 is no login.
    const isLogin = reply.status < 300 || reply.status === 401 || reply.status === 403;
    return isLogin ? stranger : { ...stranger, hint: statusHint(reply, subject) };
  }
  const body = jsonObject(reply);
  const detail = body.kind === 'object' ? memberAt(body.value, 'detail') : undefined;
  // A sentence may contain anything.
  const reason = typeof detail === 'string' && /^[a-z_]{1,60}$/.test(detail) ? detail : undefined;
  const observed = reason === undefined ? describeStatus(reply) : `${describeStatus(reply)} ${reason}`;
  const isBackplanes = reply.headers['x-request-id'] !== undefined;
  if (reply.status === 403 && (reason === 'insufficient_role' || isBackplanes)) {
    return { observed, hint: ROLE };
  }
  if (reply.status === 401) {
    return { observed, hint: tokenHint(reason, token) };
  }
  const link = reason === undefined ? undefined : brokenLinks.get(reason);
  if (link !== undefined) {
    return { observed, hint: link };
  }
  const isFailing = reply.status >= 500 && isBackplanes;
  return { observed, hint: isFailing ? failing(subject) : statusHint(reply, subject) };
}

function failing(subject: Subject): string {
  return `the backplane itself fails, which needs its database for the audit row and the issuer's keys for the token: check that both are up, the Secret with the database's URL, networkPolicy.postgresCIDR and networkPolicy.keycloakCIDR; a pod says at /ready on its port 8000 what it lacks, and its log why: ${logsOf(subject)}`;
}

export function noAnswerToToken(expected: string, error: TransportError): Verdict {
  const verdict = noAnswerVerdict(expected, error);
  // The request arrived: the delay is behind the backplane.
  return error.failure === 'answer-timeout' && verdict.outcome === 'unknown' ? { ...verdict, hint: SILENT } : verdict;
}

const SILENT =
  "a backplane whose database is away says nothing for up to 15 s, one whose Vault is away for VAULT_TIMEOUT_SECONDS (10): check that both are up, the Secret with the database's URL, networkPolicy.postgresCIDR and networkPolicy.vaultCIDR; --request-timeout=30 waits for the word that it has for it";
