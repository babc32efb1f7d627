import {
  checkInstall,
  describe,
  expect,
  holds,
  hooksThatStay,
  installBudgetMs,
  inventory,
  isOfHook,
  notYet,
  runInstallVerify,
  test,
  waitFor,
} from '../../harness/test.ts';

describe('a cold install', () => {
  test('answers over TLS within its budget', ({ installed }) => {
    expect(installed.tookMs).toBeLessThan(installBudgetMs);
  });

  test('holds the install contract, check by check', async ({ environment, installed, signal }) => {
    const results = await checkInstall(environment, installed, signal);
    const outcomes = Object.fromEntries(results.map(({ check, verdict }) => [check.id, verdict]));
    expect(outcomes).toMatchObject({
      'deployment-available': { outcome: 'holds' },
      'migration-job': { outcome: 'holds' },
      healthz: { outcome: 'holds' },
      version: { outcome: 'holds' },
      'anonymous-refused': { outcome: 'holds' },
      'request-id': { outcome: 'holds' },
      budget: { outcome: 'holds' },
      'operator-accepted': { outcome: 'holds' },
      'audit-row': { outcome: 'holds' },
    });
    expect(results).toHaveLength(9);
  });

  test('is what install-verify says as well: exit code 0, a line a check', async ({ environment, installed }) => {
    const { exitCode, stdout, stderr } = await runInstallVerify(environment, installed);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.split('\n').filter((line) => line.startsWith('[ok]'))).toHaveLength(9);
    expect(stdout).not.toMatch(/^\[note\]/m);
  });

  test('leaves nothing behind when it is uninstalled', async ({ environment, installed, signal }) => {
    const { before, release, site } = installed;
    const during = await inventory(environment.api, site.namespace, signal);
    // Deployment with its pods, Service, Ingress and more: an inventory that sees nothing would find nothing left.
    expect(during.length).toBeGreaterThan(before.length + 8);
    const hooks = await hooksThatStay(environment, site, signal);
    await release.uninstall({ timeoutMs: 60_000, signal });
    await waitFor(
      'the namespace to hold what it held before the install',
      async () => {
        const left = (await inventory(environment.api, site.namespace, signal)).filter(
          (name) => !before.includes(name) && !isOfHook(name, hooks),
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
