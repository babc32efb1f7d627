import {
  belongsToHook,
  checkIds,
  checkInstall,
  describe,
  expect,
  holds,
  installBudgetMs,
  inventory,
  notYet,
  remainingHooks,
  runInstallVerify,
  test,
  waitFor,
} from '@meho/harness/test';

describe('a cold install', () => {
  test('answers over TLS within its budget', ({ installed }) => {
    expect(installed.tookMs).toBeLessThan(installBudgetMs);
  });

  test('holds the install contract, check by check', async ({ environment, installed, signal }) => {
    const results = await checkInstall(environment, installed, signal);
    expect(results.map(({ check, verdict }) => [check.id, verdict.outcome])).toEqual(
      checkIds('install-verify').map((id) => [id, 'holds']),
    );
  });

  test('is what install-verify says as well: exit code 0, a line a check', async ({ environment, installed }) => {
    const { exitCode, stdout, stderr } = await runInstallVerify(environment, installed);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.split('\n').filter((line) => line.startsWith('[ok]'))).toHaveLength(
      checkIds('install-verify').length,
    );
    expect(stdout).not.toMatch(/^\[note\]/m);
  });

  test('leaves nothing behind when it is uninstalled', async ({ environment, installed, signal }) => {
    const { before, release, target } = installed;
    const during = await inventory(environment.api, target.namespace, signal);
    // Deployment, pods, Service, Ingress and more: an empty inventory would find nothing left.
    expect(during.length).toBeGreaterThan(before.length + 8);
    const hooks = await remainingHooks(environment, target, signal);
    await release.uninstall({ timeoutMs: 60_000, signal });
    await waitFor(
      'the namespace to hold what it held before the install',
      async () => {
        const left = (await inventory(environment.api, target.namespace, signal)).filter(
          (name) => !before.includes(name) && !belongsToHook(name, hooks),
        );
        return left.length === 0 ? holds(undefined) : notYet(left.join(', '));
      },
      { deadlineMs: 30_000, signal },
    );
    for (const hook of hooks) {
      process.stderr.write(`${hook} stays, as Helm leaves a hook that no delete policy removes\n`);
    }
  });
});
