import { hostOf, isWebPage, noAnswer, statusHint, statusSeen, WEB_PAGE_HINT } from '../answers.ts';
import type { Check } from '../check.ts';
import type { Subject } from '../subject.ts';

/** The process lives and is reached over HTTPS (contract, install-verify check 3). */
export function healthz({ namespace }: Subject): Check<'https'> {
  return {
    id: 'healthz',
    title: 'GET /healthz answers',
    needs: ['https'],
    after: ['deployment-available'],
    explainedBy: ['deployment-available'],
    async run({ https }, signal) {
      const expected = `200 from ${https.urlOf('/healthz')}`;
      const reply = await https.get('/healthz', signal);
      if (reply.kind === 'none') {
        return noAnswer(expected, reply.error);
      }
      if (reply.status !== 200) {
        const hint = statusHint(reply, namespace);
        const observed = statusSeen(reply);
        return { outcome: 'violated', expected, observed, hint, severity: 'failure', ...hostOf(reply) };
      }
      if (isWebPage(reply)) {
        const observed = `${statusSeen(reply)} with a web page, which is not the backplane's`;
        return { outcome: 'violated', expected, observed, hint: WEB_PAGE_HINT, severity: 'failure', ...hostOf(reply) };
      }
      return { outcome: 'holds', observed: statusSeen(reply) };
    },
  };
}
