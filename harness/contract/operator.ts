import { jsonObject, memberAt } from './answers.ts';
import type { Reply } from './backplane.ts';

/** `operator.sub` of an authenticated health answer: a non-empty string, or undefined where there is none. */
export function subjectOf(reply: Reply): string | undefined {
  if (reply.kind !== 'answer' || reply.status !== 200) {
    return undefined;
  }
  const body = jsonObject(reply);
  const sub = body.kind === 'object' ? memberAt(body.value, 'operator', 'sub') : undefined;
  return typeof sub === 'string' && sub.trim() !== '' ? sub : undefined;
}
