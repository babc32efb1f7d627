import { HEALTH_PATH, type Subject } from '@meho/helm/subject';
import { hostOf, isWebPage } from '../backplane/answers.ts';
import type { Check } from '../check.ts';

/** Contract, install-verify check 8. */
export function operatorAccepted(subject: Subject): Check<'https' | 'token'> {
  return {
    id: 'operator-accepted',
    title: `GET ${HEALTH_PATH} with the token answers`,
    needs: ['https', 'token'],
    byHand: 'export it and run again',
    // A second request would add an audit row, so this waits until the route is known.
    after: ['deployment-available', 'healthz'],
    explainedBy: ['healthz', 'deployment-available'],
    async run({ https, token }, signal) {
      const expected = `200 from ${https.urlOf(HEALTH_PATH)} with the token`;
      const reply = await https.get(HEALTH_PATH, signal, token);
      if (reply.kind === 'none') {
        const { noAnswerToToken } = await import('../hints/refusal.ts');
        return noAnswerToToken(expected, reply.error);
      }
      if (reply.status === 200 && !isWebPage(reply)) {
        return { outcome: 'holds', observed: '200' };
      }
      const { refusal } = await import('../hints/refusal.ts');
      const { observed, hint } = refusal(reply, subject, token);
      return { outcome: 'violated', expected, observed, hint, severity: 'failure', ...hostOf(reply) };
    },
  };
}
