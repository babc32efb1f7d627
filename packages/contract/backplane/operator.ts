import type { Secret } from '../token/secret.ts';
import { claimsOf } from '../token/token-claims.ts';
import { jsonObject, memberAt } from './answers.ts';
import type { Reply } from './backplane.ts';

export type OperatorClaim =
  | { readonly kind: 'operator'; readonly sub: string }
  /** Not the token's subject: the answer is another operator's. */
  | { readonly kind: 'somebody-else'; readonly sub: string; readonly own: string }
  | { readonly kind: 'nobody' };

/** `operator.sub`, which must equal a readable token's `sub`. */
export function operatorOf(reply: Reply, token: Secret): OperatorClaim {
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
