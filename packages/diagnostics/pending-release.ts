import { messageOf } from '@meho/core/problem';
import { history } from '@meho/helm/history';
import { timeText } from '@meho/helm/instant';
import { majorOf } from '@meho/helm/program';
import { rollbackTarget } from '@meho/helm/rollback-target';
import type { KubeApi } from '@meho/kube/api/api';
import type { Cause } from './cause.ts';

const refusal =
  /another operation \(install\/upgrade\/rollback\) is in progress|cannot reuse a name|cannot re-use a name|"?sh\.helm\.release\S* already exists/;

export interface ReleaseTarget {
  readonly namespace: string;
  readonly release: string;
  readonly helm?: string | undefined;
}

/**
 * Helm refuses a release with an operation in progress, or killed. Only the newest revision matters: earlier ones stay
 * pending forever and block nobody.
 *
 * @param error what helm said
 */
export async function pendingRelease(
  api: KubeApi,
  { namespace, release, helm }: ReleaseTarget,
  error: unknown,
  signal: AbortSignal,
): Promise<readonly Cause[]> {
  if (!refusal.test(messageOf(error))) {
    return [];
  }
  const revisions = await history(api, namespace, release, { signal });
  const last = revisions.at(-1);
  if (last?.status.startsWith('pending-') !== true) {
    return [];
  }
  const back = rollbackTarget(revisions, majorOf(helm));
  // The first revision has nothing to roll back to.
  const command =
    last.status === 'pending-install'
      ? `helm uninstall ${release} --namespace ${namespace} --wait`
      : back.revision === undefined
        ? undefined
        : `helm rollback ${release} ${back.revision} --namespace ${namespace} ${back.flags}`;
  const what = command ?? `${back.none}: helm history ${release} --namespace ${namespace}`;
  return [
    {
      id: 'release-pending',
      object: `Release ${release}`,
      expected: 'no other helm to be at work on it',
      observed: `revision ${last.revision} is ${last.status} since ${last.createdAt === undefined ? 'an unknown time' : timeText(last.createdAt)}`,
      next: `wait for the other helm; if none is running any more, it was killed: ${what}`,
      ...(command === undefined ? {} : { command }),
      graceMs: 0,
    },
  ];
}
