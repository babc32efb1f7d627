import {
  type Environment,
  expect,
  type InstallTarget,
  rowsOf,
  sendAuthenticated,
  waitForOnlyBuild,
} from '@meho/harness/test';
import { history } from '@meho/helm/history';
import { originOf } from '@meho/helm/rollback-of';
import { deployments } from '@meho/kube/api/resource';

export async function expectWorkingN(
  environment: Environment,
  target: InstallTarget,
  rolledBackTo: number,
  signal: AbortSignal,
): Promise<void> {
  await waitForOnlyBuild(environment, target, environment.judged.gitSha, signal);
  const asked = await sendAuthenticated(environment, target, signal);
  const rows = await rowsOf(
    target,
    asked.map(({ requestId }) => requestId),
  );
  expect(rows.map(({ status_code }) => status_code)).toEqual(asked.map(({ status }) => status));
  const { api, request } = environment;
  const revisions = await history(api, target.namespace, request.subject.release, { signal });
  const last = revisions.at(-1);
  expect(last?.status).toBe('deployed');
  expect(last && originOf(revisions, last)).toMatchObject({
    kind: 'rollback',
    fits: expect.arrayContaining([rolledBackTo]),
  });
}

/** Names differ by chart. */
export async function backplaneDeployment(
  { api, request }: Environment,
  { namespace }: InstallTarget,
  signal: AbortSignal,
): Promise<string> {
  const labels = `app.kubernetes.io/name=meho,app.kubernetes.io/instance=${request.subject.release}`;
  const { items } = await api.listMetadata(deployments, { namespace, labels }, { signal });
  const name = items[0]?.metadata?.name;
  expect(name).toBeDefined();
  return name ?? '';
}
