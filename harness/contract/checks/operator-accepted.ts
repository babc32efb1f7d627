import {
  hostOf,
  isWebPage,
  jsonObject,
  memberAt,
  noAnswer,
  statusHint,
  statusSeen,
  WEB_PAGE_HINT,
} from '../answers.ts';
import type { Check } from '../check.ts';
import { HEALTH_PATH, type Subject } from '../subject.ts';
import { JWKS, tokenHint } from './token-hint.ts';

/** An operator's token opens the door (contract, install-verify check 8). */
export function operatorAccepted({ namespace }: Subject): Check<'https' | 'token'> {
  return {
    id: 'operator-accepted',
    title: `GET ${HEALTH_PATH} with the token answers`,
    needs: ['https', 'token'],
    byHand: 'export it and run again',
    // Its row in the audit log forbids asking twice: by then the ingress controller knows where the backplane is.
    after: ['deployment-available', 'healthz'],
    explainedBy: ['healthz', 'deployment-available'],
    async run({ https, token }, signal) {
      const expected = `200 from ${https.urlOf(HEALTH_PATH)} with the token`;
      const reply = await https.get(HEALTH_PATH, signal, token);
      if (reply.kind === 'none') {
        return noAnswer(expected, reply.error);
      }
      if (reply.status === 200 && !isWebPage(reply)) {
        return { outcome: 'holds', observed: '200' };
      }
      const { observed, hint } = refusal(reply, namespace);
      return { outcome: 'violated', expected, observed, hint, severity: 'failure', ...hostOf(reply) };
    },
  };
}

/** Why a request with a token was refused: the status with the backplane's reason word, and what to do about it. */
export function refusal(
  reply: Parameters<typeof jsonObject>[0],
  namespace: string,
): { readonly observed: string; readonly hint: string } {
  if (isWebPage(reply)) {
    return { observed: `${statusSeen(reply)} with a web page, which is not the backplane's`, hint: WEB_PAGE_HINT };
  }
  const body = jsonObject(reply);
  const detail = body.kind === 'object' ? memberAt(body.value, 'detail') : undefined;
  // Only a single reason word is repeated: a sentence may carry anything.
  const reason = typeof detail === 'string' && /^[a-z_]{1,60}$/.test(detail) ? detail : undefined;
  const observed = reason === undefined ? statusSeen(reply) : `${statusSeen(reply)} ${reason}`;
  if (reply.status === 403 && reason === 'insufficient_role') {
    return { observed, hint: 'the token needs the claim tenant_role with the value operator or tenant_admin' };
  }
  if (reply.status === 401) {
    return { observed, hint: tokenHint(reason) };
  }
  const link = reason === undefined ? undefined : brokenLinks.get(reason);
  return { observed, hint: link ?? statusHint(reply, namespace) };
}

const AUDIT =
  "the backplane can't write its audit row: check that the database is up, the Secret with its URL and networkPolicy.postgresCIDR";

/** What the backplane can't do without, by the word that it answers 5xx with: not the ingress controller's. */
const brokenLinks: ReadonlyMap<string, string> = new Map([
  ['jwks_unavailable', JWKS],
  ['audit_unavailable', AUDIT],
  // Images in the field say it with a 500.
  ['audit_write_failed', AUDIT],
]);
