import { HEALTH_PATH, logsOf, type Subject, selectorOf } from '@meho/helm/subject';
import { hostOf, noAnswerVerdict } from '../backplane/answers.ts';
import type { Check } from '../check.ts';
import { askBehindIngress, type RequestIdSender } from '../cluster/behind-ingress.ts';

/** Contract, install-verify check 6: the response of check 5. */
export function requestId(subject: Subject): Check<'https'> {
  return {
    id: 'request-id',
    title: 'The same response carries X-Request-ID',
    needs: ['https'],
    after: ['deployment-available'],
    explainedBy: ['healthz', 'version', 'anonymous-refused', 'deployment-available'],
    async run({ https, cluster }, signal) {
      const expected = 'a non-empty X-Request-ID header';
      const reply = await https.get(HEALTH_PATH, signal);
      if (reply.kind === 'none') {
        return noAnswerVerdict(expected, reply.error);
      }
      const id = [reply.headers['x-request-id']].flat().join(', ');
      if (id.trim() !== '') {
        return { outcome: 'holds', observed: `X-Request-ID ${id}` };
      }
      const seen = reply.headers['x-request-id'] === undefined ? 'no such header' : 'an empty one';
      const host = hostOf(reply);
      if (host.host !== undefined || cluster === undefined) {
        const hint = `ask past the ingress whether the backplane sends one: ${byPortForward(subject)}; if it does, what stands before it drops it`;
        return { outcome: 'violated', expected, observed: seen, hint, severity: 'failure', ...host };
      }
      return {
        outcome: 'violated',
        expected,
        severity: 'failure',
        ...dropped(seen, subject, await askBehindIngress(cluster, new URL(https.urlOf(HEALTH_PATH)).hostname, signal)),
      };
    },
  };
}

function dropped(
  seen: string,
  subject: Subject,
  sender: RequestIdSender,
): { readonly observed: string; readonly hint: string } {
  const { namespace } = subject;
  if (sender.kind === 'unseen') {
    return {
      observed: `${seen}; whether the backplane sends one was not seen (${sender.why})`,
      hint: `ask past the ingress: kubectl get --raw needs the right to get services/proxy; or ${byPortForward(subject)}`,
    };
  }
  return sender.sends
    ? {
        observed: `${seen}, though the backplane sends one (asked past the ingress, Service ${sender.service})`,
        hint: `what stands before the backplane drops it: look at the ingress controller's header rules, kubectl -n ${namespace} get ingress -o yaml`,
      }
    : {
        observed: `${seen}, and the backplane itself sends none (asked past the ingress, Service ${sender.service})`,
        hint: `the image's middleware is off or older: ${logsOf(subject)}`,
      };
}

function byPortForward(subject: Subject): string {
  const { namespace } = subject;
  const deployment = `"$(kubectl -n ${namespace} get deployments -l ${selectorOf(subject)} -o name | head -n 1)"`;
  return `kubectl -n ${namespace} port-forward ${deployment} 8000:8000 & sleep 2; curl -si http://127.0.0.1:8000${HEALTH_PATH}; kill %%`;
}
