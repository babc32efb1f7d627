import { noAnswer } from '../answers.ts';
import type { Check } from '../check.ts';
import { HEALTH_PATH, type Subject } from '../subject.ts';

/** Every answer can be found again in the log (contract, install-verify check 6: the response of check 5). */
export function requestId({ namespace }: Subject): Check<'https'> {
  return {
    id: 'request-id',
    title: 'The same response carries X-Request-ID',
    needs: ['https'],
    after: ['deployment-available'],
    explainedBy: ['healthz', 'anonymous-refused'],
    async run({ https }, signal) {
      const expected = 'a non-empty X-Request-ID header';
      const reply = await https.get(HEALTH_PATH, signal);
      if (reply.kind === 'none') {
        return noAnswer(expected, reply.error);
      }
      const id = [reply.headers['x-request-id']].flat().join(', ');
      if (id.trim() === '') {
        return {
          outcome: 'violated',
          expected,
          observed: reply.headers['x-request-id'] === undefined ? 'no such header' : 'an empty one',
          hint: `a proxy strips it, or the middleware is off: kubectl -n ${namespace} logs -l app.kubernetes.io/name=meho`,
          severity: 'failure',
        };
      }
      return { outcome: 'holds', observed: `X-Request-ID ${id}` };
    },
  };
}
