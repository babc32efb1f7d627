import { hostOf, isWebPage, jsonObject, noAnswer, statusHint, statusSeen, WEB_PAGE_HINT } from '../answers.ts';
import type { Check } from '../check.ts';
import { toldNumberHint } from '../git-sha.ts';
import type { Subject } from '../subject.ts';

const PATH = '/version';

const hints = {
  git_sha: 'the image was built without GIT_SHA: look at its build arguments',
  chart_version: 'the chart does not tell the pod its version: look at CHART_VERSION in its environment',
} as const;

/** `/version` names what runs: present, a text, and not "unknown" (contract, pr-smoke). */
export function versionTells({ namespace }: Subject, member: keyof typeof hints): Check<'https'> {
  return {
    id: `version-tells-${member.replace('_', '-')}`,
    title: `GET ${PATH} tells ${member}`,
    needs: ['https'],
    explainedBy: ['healthz', 'deployment-available'],
    async run({ https }, signal) {
      const expected = `JSON with ${member}, a text other than "unknown", from ${https.urlOf(PATH)}`;
      const reply = await https.get(PATH, signal);
      if (reply.kind === 'none') {
        return noAnswer(expected, reply.error);
      }
      const violated = (observed: string, hint: string) =>
        ({ outcome: 'violated', expected, observed, hint, severity: 'failure' }) as const;
      if (reply.status !== 200) {
        return { ...violated(statusSeen(reply), statusHint(reply, namespace)), ...hostOf(reply) };
      }
      const body = jsonObject(reply);
      if (body.kind === 'wrong') {
        const hint = isWebPage(reply) ? WEB_PAGE_HINT : 'something other than the backplane answers at this path';
        return { ...violated(body.observed, hint), ...hostOf(reply) };
      }
      const seen = body.value[member];
      if (typeof seen !== 'string' || seen.trim() === '' || seen.trim().toLowerCase() === 'unknown') {
        const what = seen === undefined ? `no ${member}` : `${member} ${JSON.stringify(seen)}`;
        return violated(what, (member === 'git_sha' ? toldNumberHint(seen) : undefined) ?? hints[member]);
      }
      return { outcome: 'holds', observed: `${member} ${seen}` };
    },
  };
}
