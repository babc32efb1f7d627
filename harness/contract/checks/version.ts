import { jsonObject, noAnswer, statusHint, statusSeen } from '../answers.ts';
import type { Check } from '../check.ts';
import { gitSha, sameCommit } from '../git-sha.ts';
import type { Subject } from '../subject.ts';

/** What runs is the build that was asked for (contract, install-verify check 4, rollback-verify check 4). */
export function version({ namespace, release }: Subject, expectedGitSha: string): Check<'https'> {
  return {
    id: 'version',
    title: `GET /version is build ${expectedGitSha}`,
    needs: ['https'],
    after: ['deployment-available'],
    explainedBy: ['healthz'],
    async run({ https }, signal) {
      const expected = `JSON with git_sha ${expectedGitSha} from ${https.urlOf('/version')}`;
      const reply = await https.get('/version', signal);
      if (reply.kind === 'none') {
        return noAnswer(expected, reply.error);
      }
      const violated = (observed: string, hint: string) =>
        ({ outcome: 'violated', expected, observed, hint, severity: 'failure' }) as const;
      if (reply.status !== 200) {
        return violated(statusSeen(reply), statusHint(reply, namespace));
      }
      const body = jsonObject(reply);
      if (body.kind === 'wrong') {
        return violated(body.observed, 'something other than the backplane answers at this path: check the ingress');
      }
      const seen = body.value['git_sha'];
      if (typeof seen !== 'string') {
        const what = seen === undefined ? 'no git_sha' : `git_sha ${JSON.stringify(seen)}, which is not a string`;
        return violated(what, 'the image was built without GIT_SHA');
      }
      if (gitSha(seen) === undefined) {
        return violated(
          `git_sha ${JSON.stringify(seen)}, which is no git sha`,
          'the image was built without GIT_SHA: look at its build arguments',
        );
      }
      if (!sameCommit(expectedGitSha, seen)) {
        return violated(
          `git_sha ${seen}`,
          `another build answers: helm -n ${namespace} get values ${release} shows image.tag; old replicas may still run`,
        );
      }
      return { outcome: 'holds', observed: `git_sha ${seen}` };
    },
  };
}
