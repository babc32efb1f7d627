import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { HelmRelease } from '../../harness/helm/release.ts';
import { secrets } from '../../harness/kube/resource.ts';
import { run } from '../../harness/process/run.ts';
import {
  describe,
  drive,
  type Environment,
  expect,
  holds,
  install,
  installToFailure,
  needs,
  notYet,
  releaseOn,
  type Site,
  test,
  waitFor,
} from '../../harness/test.ts';

needs('our chart');

const refusedReleaseMs = 30_000;

describe.concurrent('a release that another helm has in its hands', () => {
  test('is freed by the one command that is named, when that helm was killed', async ({
    environment,
    newSite,
    signal,
  }) => {
    const site = await newSite('pending');
    await killHelmWhileInstalling(environment, site, signal);
    const failed = await installToFailure(environment, site, { signal });
    expect(failed.causes[0]).toMatchObject({
      id: 'release-pending',
      object: 'Release meho',
      observed: expect.stringContaining('revision 1 is pending-install'),
      command: `helm uninstall meho --namespace ${site.namespace} --wait`,
    });
    const command = failed.causes[0]?.command ?? '';
    expect(failed.causes[0]?.next).toContain(command);
    const folder = path.dirname(environment.helm);
    await run('sh', ['-c', `PATH="${folder}:$PATH" ${command}`], {
      env: { KUBECONFIG: environment.kubeconfigFile },
      timeoutMs: 60_000,
      signal,
    });
    await install(environment, site, { signal });
    expect(failed.afterMs).toBeLessThan(refusedReleaseMs);
  });

  test('is left to it, when that helm is still at work', async ({ environment, newSite, signal }) => {
    const site = await newSite('two-at-once');
    const first = drive(environment, site, { signal });
    await pendingInstall(environment, site, signal);
    const second = await installToFailure(environment, site, { signal });
    expect(second.causes[0]).toMatchObject({
      id: 'release-pending',
      next: expect.stringContaining('wait for the other'),
    });
    await first;
    await install(environment, site, { signal });
    expect(second.afterMs).toBeLessThan(refusedReleaseMs);
  });
});

/** Helm records what it is about to do before it does it. */
async function pendingInstall({ api }: Environment, { namespace }: Site, signal: AbortSignal): Promise<void> {
  await waitFor(
    'helm to have begun',
    async () => {
      const { items } = await api.listMetadata(secrets, { namespace, labels: 'owner=helm,status=pending-install' });
      return items.length > 0 ? holds(undefined) : notYet('no release is pending');
    },
    { deadlineMs: 60_000, intervalMs: 50, signal },
  );
}

/** As the machine it runs on does: without a chance to say so. */
async function killHelmWhileInstalling(environment: Environment, site: Site, signal: AbortSignal): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'meho-killed-helm-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const program = path.join(folder, 'helm');
  const pidFile = path.join(folder, 'pid');
  await writeFile(program, `#!/bin/sh\necho $$ > '${pidFile}'\nexec '${environment.helm}' "$@"\n`, { mode: 0o755 });
  const release = new HelmRelease({ ...releaseOn(environment, site).identity, helm: program });
  const driven = installToFailure(environment, site, { release, signal });
  await pendingInstall(environment, site, signal);
  process.kill(Number(await readFile(pidFile, 'utf8')), 'SIGKILL');
  expect(String((await driven).error)).toContain('SIGKILL');
}
