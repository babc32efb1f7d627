import type { Subject } from '@meho/helm/subject';
import { reportedNumberHint } from '../backplane/git-sha.ts';
import { versionMember } from '../backplane/version-answer.ts';
import type { Check } from '../check.ts';

const PATH = '/version';

const hints = {
  git_sha: 'the image was built without GIT_SHA: look at its build arguments',
  chart_version: 'the chart does not tell the pod its version: look at CHART_VERSION in its environment',
} as const;

/** Present, text, and not "unknown" (contract, pr-smoke). */
export function versionTells(subject: Subject, member: keyof typeof hints): Check<'https'> {
  return {
    id: `version-tells-${member.replace('_', '-')}`,
    title: `GET ${PATH} tells ${member}`,
    needs: ['https'],
    explainedBy: ['healthz', 'deployment-available'],
    async run({ https }, signal) {
      const expected = `JSON with ${member}, a text other than "unknown", from ${https.urlOf(PATH)}`;
      const answer = versionMember(subject, expected, await https.get(PATH, signal), member);
      if (answer.kind === 'verdict') {
        return answer.verdict;
      }
      const { value: seen, violated } = answer;
      if (typeof seen !== 'string' || seen.trim() === '' || seen.trim().toLowerCase() === 'unknown') {
        const what = seen === undefined ? `no ${member}` : `${member} ${JSON.stringify(seen)}`;
        return violated(what, (member === 'git_sha' ? reportedNumberHint(seen) : undefined) ?? hints[member]);
      }
      return { outcome: 'holds', observed: `${member} ${seen}` };
    },
  };
}
