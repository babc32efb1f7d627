import { TransportError } from '@meho/core/http/transport-error';
import { history, newestRevision } from '@meho/helm/history';
import type { Revision } from '@meho/helm/record';
import { type Subject, selectorOf } from '@meho/helm/subject';
import { type Job, jobs } from '@meho/kube/api/resource';
import type { Check, Verdict } from '../check.ts';
import { unknownVerdict } from '../cluster/cluster-view.ts';
import { noRecordVerdict } from '../cluster/no-record.ts';
import { warnedByChart } from '../hints/chart-warnings.ts';
import { judgeJobs, judgeMigration, MIGRATED } from '../judging/judge-migration.ts';
import { causesOf } from './deployment-available.ts';

/**
 * Contract, install-verify check 2 and smoke leg 5b.
 *
 * @param unreachable outcome for an unreachable API server; a refusal always fails
 */
export function migrationJob(subject: Subject, unreachable: 'unknown' | 'skipped' = 'unknown'): Check<'cluster'> {
  const { namespace, release } = subject;
  const labels = selectorOf(subject, 'migrate');
  const byHand = `run: kubectl -n ${namespace} get job -l ${labels} && helm -n ${namespace} status ${release}`;
  return {
    id: 'migration-job',
    title: 'Migration Job succeeded',
    needs: ['cluster'],
    byHand,
    explainedBy: ['deployment-available'],
    async run({ cluster }, signal) {
      try {
        const { items } = await cluster.api.list(jobs, { namespace, labels }, { signal });
        const broken = judgeJobs(subject, items);
        if (broken !== undefined) {
          const causes = await causesOf(cluster, labels, signal);
          const observed = [broken.observed, ...causes.slice(0, 2)].join('; ');
          const warned = await warnedByChart(cluster, signal);
          return { ...broken, observed, hint: `${broken.hint}${warned}`, evidence: causes };
        }
        // Not beside the Jobs: that would take a connection of its own, which costs more than it saves.
        const revision = await newestRevision(cluster.api, namespace, release, { signal });
        if (revision === undefined && items.length === 0) {
          return await noRecordVerdict(cluster, MIGRATED, signal);
        }
        const verdict = await judgeRevisions(subject, items, revision === undefined ? [] : [revision]);
        // The whole history, slow and rarely needed, shows whether only clocks differ.
        return verdict.outcome === 'violated' && items.length > 0
          ? await judgeRevisions(subject, items, await history(cluster.api, namespace, release, { signal }))
          : verdict;
      } catch (error) {
        signal.throwIfAborted();
        return unreachable === 'skipped' && error instanceof TransportError
          ? { outcome: 'skipped', reason: `not made: the API server could not be asked: ${error.observed}; ${byHand}` }
          : unknownVerdict(MIGRATED, error);
      }
    },
  };
}

async function judgeRevisions(
  subject: Subject,
  found: readonly Job[],
  revisions: readonly Revision[],
): Promise<Verdict> {
  const last = revisions.at(-1);
  if (last === undefined) {
    return judgeMigration(subject, found, { revisions, hooks: [], plainJobs: [] });
  }
  const labels = selectorOf(subject, 'migrate');
  // Loads a YAML parser, needed only with a cluster.
  const { jobHooks, jobNames } = await import('@meho/helm/migration-hooks');
  const hooks = jobHooks(last, labels);
  return judgeMigration(subject, found, {
    revisions,
    hooks,
    plainJobs: hooks.length > 0 ? [] : jobNames(last.manifest ?? '', labels),
  });
}
