import { jsonObject, memberAt } from './answers.ts';
import type { Reply } from './backplane.ts';
import type { Secret } from './secret.ts';
import { claimsOf } from './token-claims.ts';

/** Who an authenticated health answer says the operator is. */
export type Named =
  | { readonly kind: 'operator'; readonly sub: string }
  /** Not who the token is of: answers are mixed up, and whatever else it says is of somebody else. */
  | { readonly kind: 'somebody-else'; readonly sub: string; readonly own: string }
  | { readonly kind: 'nobody' };

/** `operator.sub` of the answer: a non-empty text, and the token's own where the token is one that can be read. */
export function operatorOf(reply: Reply, token: Secret): Named {
  if (reply.kind !== 'answer' || reply.status !== 200) {
    return { kind: 'nobody' };
  }
  const body = jsonObject(reply);
  const sub = body.kind === 'object' ? memberAt(body.value, 'operator', 'sub') : undefined;
  if (typeof sub !== 'string' || sub.trim() === '') {
    return { kind: 'nobody' };
  }
  const own = claimsOf(token.reveal())?.['sub'];
  return typeof own === 'string' && own !== sub ? { kind: 'somebody-else', sub, own } : { kind: 'operator', sub };
}
