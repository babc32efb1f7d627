import { type RevisionStatus, revisionStatuses } from '../../helm/history.ts';
import { TransportError } from '../../http/transport-error.ts';
import { jobState } from '../../kube/job-state.ts';
import { type Job, jobs } from '../../kube/resource.ts';
import type { Check, Verdict } from '../check.ts';
import { noLook } from '../cluster-view.ts';
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
        const { items } = await cluster.api.list(jobs, { namespace, labels }, { signal });
        const revisions = items.length > 0 ? [] : await revisionStatuses(cluster.api, namespace, release, { signal });
        const verdict = judgeMigration(subject, items, revisions);
        if (verdict.outcome !== 'violated' || items.length === 0) {
          return verdict;
        }
        const causes = await causesOf(cluster, labels, signal);
        return { ...verdict, observed: [verdict.observed, ...causes.slice(0, 2)].join('; '), evidence: causes };
      } catch (error) {
        signal.throwIfAborted();
        return unreachable === 'skipped' && error instanceof TransportError
          ? { outcome: 'skipped', reason: `not made: the API server could not be asked: ${error.observed}; ${byHand}` }
          : noLook(EXPECTED, error);
      }
    },
  };
}

const EXPECTED = 'a migration Job that succeeded, or none and a deployed release, because success removes the Job';

/**
 * Judges the migration by its Jobs, or where there is none by the release's revisions, oldest first. One Job that did
 * not succeed is enough to fail, whatever the release looks like.
 */
export function judgeMigration(
  { namespace, release }: Subject,
  found: readonly Job[],
  revisions: readonly RevisionStatus[],
): Verdict {
  const violated = (observed: string, hint: string): Verdict => ({
    outcome: 'violated',
    expected: EXPECTED,
    observed,
    hint,
    severity: 'failure',
  });
  for (const job of found) {
    const name = job.metadata?.name ?? '';
    const state = jobState(job);
    const logs = `kubectl -n ${namespace} logs job/${name} --all-containers --tail=50`;
    if (state.state === 'failed') {
      return violated(`Job ${name} failed (${state.why})`, logs);
    }
    if (state.state === 'unfinished') {
      return violated(`Job ${name} is not finished: ${state.why}`, `kubectl -n ${namespace} describe job ${name}`);
    }
  }
  if (found.length > 0) {
    return { outcome: 'holds', observed: `${found.map(({ metadata }) => metadata?.name).join(', ')} succeeded` };
  }
  const last = revisions.at(-1);
  if (last === undefined) {
    return violated(
      `no Job, and no Helm release ${release} in namespace ${namespace}`,
      'look for it: helm list --all-namespaces',
    );
  }
  return last.status === 'deployed'
    ? { outcome: 'holds', observed: `the Job is gone and revision ${last.revision} is deployed` }
    : violated(
        `the Job is gone and revision ${last.revision} is ${last.status}`,
        `helm -n ${namespace} history ${release}`,
      );
}
