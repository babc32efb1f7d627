import { hostOf, isGateways, isWebPage, noAnswer, statusHint, statusSeen, WEB_PAGE_HINT } from '../answers.ts';
import type { Check } from '../check.ts';
import { HEALTH_PATH, type Subject } from '../subject.ts';

/** Who shows no token gets nothing (contract, install-verify check 5). */
export function anonymousRefused({ namespace }: Subject): Check<'https'> {
  return {
    id: 'anonymous-refused',
    title: `GET ${HEALTH_PATH} without a token is refused`,
    needs: ['https'],
    after: ['deployment-available'],
    explainedBy: ['healthz', 'version', 'deployment-available'],
    async run({ https }, signal) {
      const expected = `401 from ${https.urlOf(HEALTH_PATH)} without a token`;
      const reply = await https.get(HEALTH_PATH, signal);
      if (reply.kind === 'none') {
        return noAnswer(expected, reply.error);
      }
      if (reply.status === 401) {
        return { outcome: 'holds', observed: '401' };
      }
      const violated = (observed: string, hint: string) =>
        ({ outcome: 'violated', expected, observed, hint, severity: 'failure', ...hostOf(reply) }) as const;
      if (reply.status >= 200 && reply.status < 300) {
        if (isWebPage(reply)) {
          return violated(`${reply.status} with a web page, which is not the backplane's`, WEB_PAGE_HINT);
        }
        return violated(
          `${reply.status}: authentication is open`,
          'anyone can read this: take the host off the network, then look at the keycloak values and the middleware',
        );
      }
      if (reply.status >= 500) {
        const who = isGateways(reply) ? 'no backplane answers' : 'the backplane is down';
        return violated(`${statusSeen(reply)}: ${who}`, statusHint(reply, namespace));
      }
      return violated(statusSeen(reply), statusHint(reply, namespace));
    },
  };
}
