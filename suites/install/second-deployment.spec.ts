import {
  backplaneOn,
  checkInstall,
  checkSmoke,
  checkUnauthenticated,
  describe,
  drive,
  expect,
  needs,
  onlyAnswers,
  type Result,
  releaseOn,
  runRollbackVerify,
  type SecondDeployment,
  test,
} from '../../harness/test.ts';

// Whoever judges another deployment has the second one at hand already.
needs('our chart');

test.beforeEach(({ environment, skip }) => {
  skip(
    !environment.cluster.capabilities.loadImages,
    'its image is in no registry, and this cluster takes none from here',
  );
});

const otherCommit = '0123456789abcdef0123456789abcdef01234567';

const installHeld = {
  'deployment-available': 'holds',
  'migration-job': 'holds',
  healthz: 'holds',
  version: 'holds',
  'anonymous-refused': 'holds',
  'request-id': 'holds',
  budget: 'holds',
  'operator-accepted': 'holds',
  'audit-row': 'holds',
};

const smokeHeld = {
  login: 'holds',
  'operator-status': 'holds',
  'vault-readable': 'holds',
  'audit-row': 'holds',
  migrated: 'holds',
  'migration-job': 'holds',
  budget: 'holds',
};

/**
 * The deployment of fixtures/second-deployment: another chart, another image, the same contract. A check that knows more
 * of ours than the contract says goes red here; so that it is seen to look at all, so do the right ones under a fault.
 */
describe('a deployment by another hand', () => {
  test('holds the install contract, check by check', async ({ second, signal }) => {
    expect(outcomes(await checkInstall(second.environment, second.installed, signal))).toEqual(installHeld);
  });

  test('holds the smoke, leg by leg, and the assertions without a token', async ({ second, signal }) => {
    expect(outcomes(await smoke(second, signal))).toEqual(smokeHeld);
    using https = backplaneOn(second.environment, second.installed.site);
    const assertions = await checkUnauthenticated(second.environment, second.installed.site, https, signal);
    expect(assertions.map(({ verdict }) => verdict.outcome)).toEqual(['holds', 'holds', 'holds', 'holds']);
  });

  test('believes no token for another audience, and lets no reader operate', async ({ second, signal }) => {
    const { openId } = second.environment;
    const refused = {
      'operator-status': 'violated',
      'vault-readable': 'skipped',
      'audit-row': 'skipped',
      migrated: 'skipped',
    };
    for (const [token, observed] of [
      [await openId.token('operator', { kind: 'wrong-audience' }), '401 invalid_audience'],
      [await openId.token('reader', { kind: 'sound' }), '403 insufficient_role'],
    ] as const) {
      const results = await smoke(second, signal, token);
      expect(outcomes(results)).toEqual({ ...smokeHeld, ...refused });
      expect(results[1]?.verdict).toMatchObject({ observed });
    }
  });

  test('whose Vault lets nobody read fails in that leg alone', async ({ second, signal }) => {
    await using _fault = await second.environment.vault.removePolicy();
    expect(outcomes(await smoke(second, signal))).toEqual({ ...smokeHeld, 'vault-readable': 'violated' });
  });

  test('of another commit fails for that alone, and its Job may stay', async ({ second, signal }) => {
    const { environment, installed } = second;
    const values = { config: { gitSha: otherCommit }, migrationJob: { keep: true } };
    await drive(environment, installed.site, { values, signal });
    await onlyAnswers(environment, installed.site, otherCommit, signal);
    const results = await checkInstall(environment, installed, signal);
    expect(outcomes(results)).toEqual({ ...installHeld, version: 'violated' });
    expect(results.find(({ check }) => check.id === 'migration-job')?.verdict).toMatchObject({
      observed: 'schema-of-meho succeeded',
    });
  });

  test('is rolled back, and rollback-verify says so', async ({ second, signal }) => {
    const { environment, installed } = second;
    const columns = ['tenant_id', 'payload'];
    const before = await runRollbackVerify(environment, installed.site, columns);
    expect(before.exitCode).toBe(1);
    expect(before.stderr.match(/^\[FAIL\] \S+ \S+/gm)).toEqual(['[FAIL] Helm rolled', '[FAIL] GET /version']);
    await releaseOn(environment, installed.site).rollback({ timeoutMs: 60_000, revision: 1, signal });
    await onlyAnswers(environment, installed.site, environment.judged.gitSha, signal);
    const { exitCode, stderr, stdout } = await runRollbackVerify(environment, installed.site, columns);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.match(/^\[ok\]/gm)).toHaveLength(6);
  });
});

async function smoke(
  { environment, installed: { site } }: SecondDeployment,
  signal: AbortSignal,
  given?: string,
): Promise<readonly Result[]> {
  using https = backplaneOn(environment, site);
  const token = given ?? (await environment.openId.login('operator'));
  return checkSmoke(environment, site, { https, token }, signal);
}

function outcomes(results: readonly Result[]): Readonly<Record<string, string>> {
  return Object.fromEntries(results.map(({ check, verdict }) => [check.id, verdict.outcome]));
}
