import { readHelmDriver } from '@meho/core/config';
import { history, type Latest, latestRevision } from '@meho/helm/history';
import { recordsOfOtherDriver } from '@meho/helm/other-driver';
import { originOf } from '@meho/helm/rollback-of';
import type { Subject } from '@meho/helm/subject';
import type { Check, Verdict } from '../check.ts';
import { type ClusterView, unknownVerdict } from '../cluster/cluster-view.ts';
import { noRecordVerdict } from '../cluster/no-record.ts';
import { ROLLED_BACK, rollbackTo } from '../judging/rollback-to.ts';

/** A redeployment of N is no rollback (contract, rollback-verify check 1a). */
export function rolledBack(subject: Subject): Check<'cluster'> {
  return {
    id: 'rolled-back',
    title: 'Helm rolled the release back',
    needs: ['cluster'],
    byHand: `run: helm -n ${subject.namespace} history ${subject.release}`,
    explainedBy: ['deployment-available'],
    async run({ cluster }, signal) {
      try {
        const latest = await latestRevision(cluster.api, subject.namespace, subject.release, { signal });
        if (latest === undefined) {
          return await noRecordVerdict(cluster, ROLLED_BACK, signal);
        }
        const elsewhere = await newerElsewhere(cluster, latest, signal);
        if (elsewhere !== undefined) {
          return elsewhere;
        }
        const told = rollbackByWord(latest);
        if (told !== undefined) {
          return told;
        }
        // Slow where the history is long, and rarely needed: Helm 4.3 and newer write the rollback down.
        const { judgeHistory } = await import('../judging/judge-history.ts');
        const revisions = await history(cluster.api, subject.namespace, subject.release, { signal });
        const verdict = judgeHistory(subject, revisions);
        // Only server-side apply needs another command in Helm 4.
        return verdict.outcome === 'holds' || revisions.every(({ applyMethod }) => applyMethod !== 'ssa')
          ? verdict
          : judgeHistory(subject, revisions, await majorAtHand(signal));
      } catch (error) {
        signal.throwIfAborted();
        return unknownVerdict(ROLLED_BACK, error);
      }
    },
  };
}

/**
 * Who says HELM_DRIVER has said which helm is meant. Without it, a release that somebody has gone on with under another
 * driver would be judged by what is no longer true.
 */
async function newerElsewhere(
  { api, namespace, release }: ClusterView,
  { revision }: Latest,
  signal: AbortSignal,
): Promise<Verdict | undefined> {
  if (readHelmDriver() !== undefined) {
    return undefined;
  }
  const other = await recordsOfOtherDriver(api, { namespace, release }, { signal });
  if (other?.createdAt === undefined || (revision.createdAt !== undefined && other.createdAt <= revision.createdAt)) {
    return undefined;
  }
  return {
    outcome: 'unknown',
    seen: true,
    expected: ROLLED_BACK,
    observed: `two helms keep records of it, and those in ${other.kind}s are newer than revision ${revision.revision} in the Secrets`,
    hint: `say which helm is meant, and run this again: export HELM_DRIVER=${other.driver} (or secret)`,
  };
}

/** Undefined if no helm is at hand. */
async function majorAtHand(signal: AbortSignal): Promise<number | undefined> {
  const { helmVersion, majorOf } = await import('@meho/helm/program');
  return majorOf(await helmVersion('helm', signal));
}

/** Undefined if the newest record alone doesn't show a finished rollback. */
function rollbackByWord({ revision, earlier }: Latest): Verdict | undefined {
  const origin = originOf([], revision);
  return earlier > 0 && revision.status === 'deployed' && origin.kind === 'rollback'
    ? rollbackTo(revision, origin)
    : undefined;
}
