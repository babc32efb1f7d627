import type { Subject } from '@meho/helm/subject';
import { describeStatus, hostOf, isWebPage, noAnswerVerdict, statusHint, WEB_PAGE_HINT } from '../backplane/answers.ts';
import type { Check } from '../check.ts';

/** Contract, install-verify check 3. */
export function healthz(subject: Subject): Check<'https'> {
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
        return noAnswerVerdict(expected, reply.error);
      }
      if (reply.status !== 200) {
        const hint = statusHint(reply, subject);
        const observed = describeStatus(reply);
        return { outcome: 'violated', expected, observed, hint, severity: 'failure', ...hostOf(reply) };
      }
      if (isWebPage(reply)) {
        const observed = `${describeStatus(reply)} with a web page, which is not the backplane's`;
        return { outcome: 'violated', expected, observed, hint: WEB_PAGE_HINT, severity: 'failure', ...hostOf(reply) };
      }
      return { outcome: 'holds', observed: describeStatus(reply) };
    },
  };
}
