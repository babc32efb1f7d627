import { HEALTH_PATH, type Subject } from '@meho/helm/subject';
import {
  describeStatus,
  hostOf,
  isGatewayAnswer,
  isOtherApplication,
  jsonObject,
  noAnswerVerdict,
  OTHER_HINT,
  statusHint,
  strangerOf,
} from '../backplane/answers.ts';
import type { Check } from '../check.ts';

/** Contract, install-verify check 5. */
export function anonymousRefused(subject: Subject): Check<'https'> {
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
        return noAnswerVerdict(expected, reply.error);
      }
      const stranger = strangerOf(reply);
      if (reply.status === 401 && stranger === undefined) {
        return { outcome: 'holds', observed: '401' };
      }
      const violated = (observed: string, hint: string) =>
        ({ outcome: 'violated', expected, observed, hint, severity: 'failure', ...hostOf(reply) }) as const;
      const isOpen = reply.status >= 200 && reply.status < 300;
      if (stranger !== undefined && (isOpen || reply.status === 401)) {
        return violated(stranger.observed, stranger.hint);
      }
      if (isOpen) {
        const body = jsonObject(reply);
        if (isOtherApplication(reply, body.kind === 'object' ? body.value : {})) {
          const what = body.kind === 'object' ? 'JSON that has no member of it' : body.observed;
          return { ...violated(`${reply.status} with ${what}, and no X-Request-ID`, OTHER_HINT), host: 'gateway' };
        }
        return violated(
          `${reply.status}: authentication is open`,
          'anyone can read this: take the host off the network, then look at the keycloak values and the middleware',
        );
      }
      if (reply.status >= 500) {
        const isGateways =
          isGatewayAnswer(reply) || (reply.status > 504 && reply.headers['x-request-id'] === undefined);
        const who = isGateways ? 'no backplane answers' : 'the backplane is down';
        return violated(`${describeStatus(reply)}: ${who}`, statusHint(reply, subject));
      }
      return violated(describeStatus(reply), statusHint(reply, subject));
    },
  };
}
