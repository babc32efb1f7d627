import { HEALTH_PATH, type Subject } from '@meho/helm/subject';
import { isOtherApplication, isWebPage, jsonObject, OTHER_HINT } from '../backplane/answers.ts';
import { operatorOf } from '../backplane/operator.ts';
import type { Check } from '../check.ts';
import { SUBJECT } from '../hints/no-subject.ts';
import { lacksSubject } from '../token/token-claims.ts';

/** Contract, smoke leg 2. */
export function operatorStatus(subject: Subject): Check<'https' | 'token'> {
  return {
    id: 'operator-status',
    title: `GET ${HEALTH_PATH} names the operator`,
    needs: ['https', 'token'],
    required: true,
    byHand: 'log in and export MEHO_ACCESS_TOKEN',
    explainedBy: ['login'],
    async run({ https, token }, signal) {
      const expected = `200 with a non-empty operator.sub from ${https.urlOf(HEALTH_PATH)}`;
      const reply = await https.get(HEALTH_PATH, signal, token);
      if (reply.kind === 'none') {
        const { noAnswerToToken } = await import('../hints/refusal.ts');
        return noAnswerToToken(expected, reply.error);
      }
      if (reply.status !== 200 || isWebPage(reply)) {
        const { refusal } = await import('../hints/refusal.ts');
        return { outcome: 'violated', expected, ...refusal(reply, subject, token), severity: 'failure' };
      }
      const named = operatorOf(reply, token);
      if (named.kind === 'operator') {
        return { outcome: 'holds', observed: `200, sub ${named.sub}` };
      }
      if (named.kind === 'somebody-else') {
        return {
          outcome: 'violated',
          expected,
          observed: `200 with operator.sub ${named.sub}, but the token is of ${named.own}`,
          hint: 'one operator gets the answer of another: look for a cache in front of the backplane',
          severity: 'failure',
        };
      }
      const body = jsonObject(reply);
      if (body.kind === 'object' && isOtherApplication(reply, body.value)) {
        return {
          outcome: 'violated',
          expected,
          observed: '200 with JSON that has no member of it, and no X-Request-ID',
          hint: OTHER_HINT,
          severity: 'failure',
          host: 'gateway',
        };
      }
      return {
        outcome: 'violated',
        expected,
        observed:
          body.kind === 'wrong' ? `200 with ${body.observed}` : '200 with no operator.sub that is a non-empty text',
        hint: lacksSubject(token.reveal())
          ? SUBJECT
          : 'another service may answer for this host, or the token has no sub',
        severity: 'failure',
      };
    },
  };
}
