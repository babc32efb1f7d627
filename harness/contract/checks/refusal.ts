import type { TransportError } from '../../http/transport-error.ts';
import { isWebPage, jsonObject, memberAt, noAnswer, statusHint, statusSeen, WEB_PAGE_HINT } from '../answers.ts';
import type { Verdict } from '../check.ts';
import type { Secret } from '../secret.ts';
import type { Subject } from '../subject.ts';
import { JWKS, tokenHint } from './token-hint.ts';

const ROLE = 'the token needs the claim tenant_role with the value operator or tenant_admin';
const AUDIT =
  "the backplane can't write its audit row: check that the database is up, the Secret with its URL and networkPolicy.postgresCIDR";

/** What the backplane can't do without, by the word that it answers 5xx with: not the ingress controller's. */
const brokenLinks: ReadonlyMap<string, string> = new Map([
  ['jwks_unavailable', JWKS],
  ['audit_unavailable', AUDIT],
  // Images in the field say it with a 500.
  ['audit_write_failed', AUDIT],
]);

/** Why a request with a token was refused: the status with the backplane's reason word, and what to do about it. */
export function refusal(
  reply: Parameters<typeof jsonObject>[0],
  { namespace }: Pick<Subject, 'namespace'>,
  token: Secret,
): { readonly observed: string; readonly hint: string } {
  if (isWebPage(reply)) {
    return { observed: `${statusSeen(reply)} with a web page, which is not the backplane's`, hint: WEB_PAGE_HINT };
  }
  const body = jsonObject(reply);
  const detail = body.kind === 'object' ? memberAt(body.value, 'detail') : undefined;
  // Only a single reason word is repeated: a sentence may carry anything.
  const reason = typeof detail === 'string' && /^[a-z_]{1,60}$/.test(detail) ? detail : undefined;
  const observed = reason === undefined ? statusSeen(reply) : `${statusSeen(reply)} ${reason}`;
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
  return { observed, hint: isFailing ? failing(namespace) : statusHint(reply, namespace) };
}

/** What every answer to a token needs, whatever word it is missed by. */
function failing(namespace: string): string {
  return `the backplane itself fails, which needs its database for the audit row and the issuer's keys for the token: check that both are up, the Secret with the database's URL, networkPolicy.postgresCIDR and networkPolicy.keycloakCIDR; a pod says at /ready on its port 8000 what it lacks, and its log why: kubectl -n ${namespace} logs -l app.kubernetes.io/name=meho --tail=50`;
}

/** The verdict where a request with a token got no answer. */
export function noAnswerToToken(expected: string, error: TransportError): Verdict {
  const verdict = noAnswer(expected, error);
  // The connection stood and the request was taken: what is slow is behind the backplane.
  return error.failure === 'answer-timeout' && verdict.outcome === 'unknown' ? { ...verdict, hint: SILENT } : verdict;
}

const SILENT =
  "a backplane whose database is away says nothing for up to 15 s, one whose Vault is away for VAULT_TIMEOUT_SECONDS (10): check that both are up, the Secret with the database's URL, networkPolicy.postgresCIDR and networkPolicy.vaultCIDR; --request-timeout=30 waits for the word that it has for it";
