import { history, lastGood, type Revision } from '../../helm/history.ts';
import type { Check, Verdict } from '../check.ts';
import { noLook } from '../cluster-view.ts';
import type { Subject } from '../subject.ts';

const EXPECTED = 'at least 2 revisions, the last one deployed by a rollback';

/** The release was rolled back, not deployed anew (contract, rollback-verify check 1a). */
export function rolledBack(subject: Subject): Check<'cluster'> {
  return {
    id: 'rolled-back',
    title: 'Helm rolled the release back',
    needs: ['cluster'],
    byHand: `run: helm -n ${subject.namespace} history ${subject.release}`,
    explainedBy: ['deployment-available'],
    async run({ cluster }, signal) {
      try {
        return judgeHistory(subject, await history(cluster.api, subject.namespace, subject.release, { signal }));
      } catch (error) {
        signal.throwIfAborted();
        return noLook(EXPECTED, error);
      }
    },
  };
}

/** Judges a release's revisions, oldest first. A deployment of N's chart again has another description. */
export function judgeHistory({ namespace, release }: Subject, revisions: readonly Revision[]): Verdict {
  const last = revisions.at(-1);
  const violated = (observed: string, hint: string): Verdict => ({
    outcome: 'violated',
    expected: EXPECTED,
    observed,
    hint,
    severity: 'failure',
  });
  if (last === undefined) {
    return violated(`no Helm release ${release} in namespace ${namespace}`, 'look for it: helm list --all-namespaces');
  }
  const seen = `revision ${last.revision} is ${last.status}, "${last.description}"`;
  const hint = `helm -n ${namespace} history ${release}`;
  if (revisions.length < 2) {
    return violated(`only one revision: ${seen}`, `nothing was upgraded yet: ${hint}`);
  }
  if (last.status !== 'deployed') {
    const back = lastGood(revisions);
    return violated(seen, back === undefined ? hint : `helm -n ${namespace} rollback ${release} ${back} --wait`);
  }
  const target = /^Rollback to (\d+)$/.exec(last.description)?.[1];
  if (target === undefined || Number(target) >= last.revision) {
    // Without a revision Helm would go back to the one before, which here is N+1.
    const rollback = `helm -n ${namespace} rollback ${release} REVISION --wait`;
    return violated(seen, `an install or upgrade is not a rollback: find N's revision by ${hint}, then ${rollback}`);
  }
  return { outcome: 'holds', observed: seen };
}
