import { history, newestRevision } from '../../helm/history.ts';
import type { Revision } from '../../helm/record.ts';
import { TransportError } from '../../http/transport-error.ts';
import { type Job, jobs } from '../../kube/resource.ts';
import type { Check, Verdict } from '../check.ts';
import { noLook } from '../cluster-view.ts';
import { judgeJobs, judgeMigration, MIGRATED } from '../judge-migration.ts';
import { noRecord } from '../no-record.ts';
import { type Subject, selectorOf } from '../subject.ts';
import { causesOf } from './deployment-available.ts';

/**
 * The schema was migrated by the release's hook (contract, install-verify check 2 and smoke leg 5b).
 *
 * @param unreachable what an API server that can't be reached makes of the check; one that refuses is always a failure
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
        const record = newestRevision(cluster.api, namespace, release, { signal });
        // It is looked at where every Job is fine, and may fail before that.
        record.catch(() => undefined);
        const { items } = await cluster.api.list(jobs, { namespace, labels }, { signal });
        const broken = judgeJobs(subject, items);
        if (broken !== undefined) {
          const causes = await causesOf(cluster, labels, signal);
          return { ...broken, observed: [broken.observed, ...causes.slice(0, 2)].join('; '), evidence: causes };
        }
        const revision = await record;
        if (revision === undefined && items.length === 0) {
          return await noRecord(cluster, MIGRATED, signal);
        }
        const verdict = await judged(subject, items, revision === undefined ? [] : [revision]);
        // Earlier records show whether only clocks differ; they are many, and seldom needed.
        return verdict.outcome === 'violated' && items.length > 0
          ? await judged(subject, items, await history(cluster.api, namespace, release, { signal }))
          : verdict;
      } catch (error) {
        signal.throwIfAborted();
        return unreachable === 'skipped' && error instanceof TransportError
          ? { outcome: 'skipped', reason: `not made: the API server could not be asked: ${error.observed}; ${byHand}` }
          : noLook(MIGRATED, error);
      }
    },
  };
}

async function judged(subject: Subject, found: readonly Job[], revisions: readonly Revision[]): Promise<Verdict> {
  const last = revisions.at(-1);
  if (last === undefined) {
    return judgeMigration(subject, found, { revisions, hooks: [], plainJobs: [] });
  }
  const labels = selectorOf(subject, 'migrate');
  // Needs a YAML parser, which runs without a cluster need not load.
  const { jobHooks, jobNames } = await import('../../helm/migration-hooks.ts');
  const hooks = jobHooks(last, labels);
  return judgeMigration(subject, found, {
    revisions,
    hooks,
    plainJobs: hooks.length > 0 ? [] : jobNames(last.manifest, labels),
  });
}
