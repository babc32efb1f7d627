import { messageOf } from '@meho/core/problem';
import { type Subject, selectorOf } from '@meho/helm/subject';
import { isApiTrouble } from '@meho/kube/api/api-trouble';
import type { Reply } from '../backplane/backplane.ts';
import { gitSha, numberHint, reportedNumberHint, sameCommit } from '../backplane/git-sha.ts';
import { versionMember } from '../backplane/version-answer.ts';
import type { Check, Verdict } from '../check.ts';
import type { ClusterView } from '../cluster/cluster-view.ts';
import type { Neighbour } from '../cluster/neighbours.ts';
import type { RunningImages } from '../cluster/running-images.ts';

const PATH = '/version';

/**
 * Contract, install-verify check 4, rollback-verify check 4.
 *
 * @param asks requests, each on a new connection: several reveal replicas of another build
 */
export function version(subject: Subject, expectedGitSha: string, asks = 1): Check<'https'> {
  return {
    id: 'version',
    title: `GET ${PATH} is build ${expectedGitSha}`,
    needs: ['https'],
    after: ['deployment-available'],
    explainedBy: ['healthz', 'deployment-available'],
    async run({ https, cluster }, signal) {
      const expected = `JSON with git_sha ${expectedGitSha} from ${https.urlOf(PATH)}`;
      const first = judgeVersion(subject, expected, expectedGitSha, await https.get(PATH, signal));
      if (first.outcome !== 'holds') {
        return first;
      }
      const others = Array.from({ length: asks - 1 }, () => https.getAfresh(PATH, signal));
      const verdicts = (await Promise.all(others)).map((reply) =>
        judgeVersion(subject, expected, expectedGitSha, reply),
      );
      const times = asks === 1 ? '' : `, ${asks} times of ${asks}`;
      const answered = { ...first, observed: `${first.observed}${times}` };
      return (
        verdicts.find(({ outcome }) => outcome !== 'holds') ??
        (cluster === undefined ? answered : oneImage(answered, cluster, new URL(https.urlOf(PATH)).hostname, signal))
      );
    },
  };
}

/** A few answers may miss a replica. */
async function oneImage(
  answered: Verdict & { readonly outcome: 'holds' },
  cluster: ClusterView,
  host: string,
  signal: AbortSignal,
): Promise<Verdict> {
  const { namespace } = cluster;
  let running: RunningImages;
  try {
    // Needed only with a cluster.
    const { runningImages } = await import('../cluster/running-images.ts');
    running = await runningImages(cluster, host, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!isApiTrouble(error)) {
      throw error;
    }
    return { ...answered, observed: `${answered.observed}; images of the pods not compared: ${messageOf(error)}` };
  }
  const { images, doubt, neighbour } = running;
  if (neighbour !== undefined) {
    return ofNeighbour(answered, neighbour, cluster, host);
  }
  if (images.length < 2) {
    return answered;
  }
  const expected = 'every ready pod that gets requests to run the same image';
  const observed = `${answered.observed}; ${images.map(({ image, pods }) => `${image} in ${pods.join(', ')}`).join('; ')}`;
  if (doubt !== undefined) {
    const hint = `where these are of several Deployments by design, let an Ingress of the namespace name the Service of ${host}: kubectl -n ${namespace} get ingresses,services,pods -o wide`;
    return { outcome: 'unknown', seen: true, expected, observed: `${observed}; ${doubt}`, hint };
  }
  return {
    outcome: 'violated',
    expected,
    observed,
    hint: `one of them is another build's and gets requests as well: kubectl -n ${namespace} get deployments,pods -l ${selectorOf(cluster)} -o wide`,
    severity: 'failure',
  };
}

/** The same build may answer, so that only the pods tell them apart. */
function ofNeighbour(
  { observed }: Verdict & { readonly outcome: 'holds' },
  { release, namespace, pods }: Neighbour,
  cluster: ClusterView,
  host: string,
): Verdict {
  return {
    outcome: 'violated',
    expected: `${host} to lead to pods of release ${cluster.release} in namespace ${cluster.namespace}`,
    observed: `${observed}; ${pods.join(', ')} of release ${release} in namespace ${namespace} gets these requests`,
    hint: `give the host of release ${cluster.release}, or mend what leads to the other: kubectl -n ${namespace} get ingresses,services -o wide`,
    severity: 'failure',
    // A release that isn't there has no pods that could answer: one cause, one failure.
    isAbsence: true,
  };
}

function judgeVersion(subject: Subject, expected: string, expectedGitSha: string, reply: Reply): Verdict {
  const answer = versionMember(subject, expected, reply, 'git_sha');
  if (answer.kind === 'verdict') {
    return answer.verdict;
  }
  const { value: seen, violated } = answer;
  if (typeof seen !== 'string') {
    const what = seen === undefined ? 'no git_sha' : `git_sha ${JSON.stringify(seen)}, which is not a string`;
    return violated(what, reportedNumberHint(seen) ?? 'the image was built without GIT_SHA');
  }
  if (gitSha(seen) === undefined) {
    const what = `git_sha ${JSON.stringify(seen)}, which is no git sha`;
    return violated(
      what,
      reportedNumberHint(seen) ?? 'the image was built without GIT_SHA: look at its build arguments',
    );
  }
  if (!sameCommit(expectedGitSha, seen)) {
    const where = `helm -n ${subject.namespace} get values ${subject.release} shows image.tag, and image.digest, which wins over it`;
    const digits = numberHint(expectedGitSha);
    const hint = isFromCache(reply)
      ? `the answer comes from a cache, perhaps of an earlier build: ask past it; ${where}`
      : `another build answers: ${where}; replicas of an earlier one may still run`;
    return violated(`git_sha ${seen}`, digits === undefined ? hint : `${hint}; ${digits}`);
  }
  return { outcome: 'holds', observed: `git_sha ${seen}` };
}

/** Only caches say how old an answer is. */
function isFromCache(reply: Reply): boolean {
  return reply.kind === 'answer' && Number(reply.headers['age'] ?? 0) > 0;
}
