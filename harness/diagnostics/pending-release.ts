import { lastGood, revisionStatuses } from '../helm/history.ts';
import type { KubeApi } from '../kube/api.ts';
import { secrets } from '../kube/resource.ts';
import { messageOf } from '../problem.ts';
import type { Cause } from './cause.ts';

const refusal =
  /another operation \(install\/upgrade\/rollback\) is in progress|cannot reuse a name|cannot re-use a name|"?sh\.helm\.release\S* already exists/;

/**
 * Helm refuses a release that another helm is working on, or was when it died. Helm's record of the release says which
 * operation it was; only its labels are read.
 *
 * @param error what helm said
 */
export async function pendingRelease(
  api: KubeApi,
  namespace: string,
  error: unknown,
  signal: AbortSignal,
): Promise<readonly Cause[]> {
  if (!refusal.test(messageOf(error))) {
    return [];
  }
  const { items } = await api.listMetadata(secrets, { namespace, labels: 'owner=helm' }, { signal });
  const pending = items.filter(({ metadata }) => metadata?.labels?.['status']?.startsWith('pending-') === true);
  return Promise.all(
    pending.map(async ({ metadata }) => {
      const { name = '', status = '', version = '' } = metadata?.labels ?? {};
      const back = lastGood(await revisionStatuses(api, namespace, name, { signal }));
      // The first revision has nothing to go back to.
      const command =
        status === 'pending-install'
          ? `helm uninstall ${name} --namespace ${namespace} --wait`
          : `helm rollback ${name}${back === undefined ? '' : ` ${back}`} --namespace ${namespace} --wait`;
      return {
        id: 'release-pending',
        object: `Release ${name}`,
        expected: 'no other helm to be at work on it',
        observed: `revision ${version} is ${status} since ${metadata?.creationTimestamp ?? 'an unknown time'}`,
        next: `wait for the other helm; if none is running any more, it was killed: ${command}`,
        command,
        graceMs: 0,
      };
    }),
  );
}
