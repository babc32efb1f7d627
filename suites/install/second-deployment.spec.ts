import {
  applyRelease,
  backplaneOn,
  checkIds,
  checkInstall,
  checkSmoke,
  checkUnauthenticated,
  describe,
  expect,
  inventory,
  needs,
  type Result,
  releaseOn,
  runNetworkPolicy,
  runRollbackVerify,
  type SecondDeployment,
  test,
  waitForOnlyBuild,
} from '@meho/harness/test';

// Judging another deployment needs no second one.
needs('our chart');

test.beforeEach(({ environment, skip }) => {
  skip(
    !environment.cluster.capabilities.loadImages,
    'its image is in no registry, and this cluster takes none from here',
  );
});

const policyTimeoutMs = 240_000;
const otherCommit = '0123456789abcdef0123456789abcdef01234567';

const installHeld = allHold('install-verify');

const smokeHeld = allHold('smoke');

const policyHeld = checkIds('network-policy').map((id) => `${id} ok`);

/**
 * Another chart and image, the same contract: a check that relies on habits of our chart goes red here. Under a fault
 * the right ones do, which shows that they check.
 */
describe('a deployment by another hand, whose chart takes the published values and no other', () => {
  test('trusts the run’s authorities by a layer of its image, since no value of its chart brings any', ({ second }) => {
    expect(second.trust).toBe('image');
    expect(second.environment.judged.repository).toMatch(/^meho\.local\/trusting-/);
    const values = JSON.stringify(second.installed.target.values);
    expect(values).not.toMatch(/trustBundle|"broadcast"/);
  });

  test('holds the install contract, check by check', async ({ second, signal }) => {
    expect(outcomes(await checkInstall(second.environment, second.installed, signal))).toEqual(installHeld);
  });

  test('holds the smoke, leg by leg, and the assertions without a token', async ({ second, signal }) => {
    expect(outcomes(await smoke(second, signal))).toEqual(smokeHeld);
    using https = backplaneOn(second.environment, second.installed.target);
    const assertions = await checkUnauthenticated(second.environment, second.installed.target, https, signal);
    expect(assertions.map(({ verdict }) => verdict.outcome)).toEqual(['holds', 'holds', 'holds', 'holds']);
  });

  test('holds who may talk to whom', { timeout: policyTimeoutMs }, async ({ second }) => {
    const { document, exitCode } = await runNetworkPolicy(second.environment, { topology: topologyOf(second) });
    expect(document.checks.map(({ id, status }) => `${id} ${status}`)).toEqual(policyHeld);
    expect(exitCode).toBe(0);
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
});

describe('a deployment by another hand, whose chart is as charts in the field are', () => {
  test('trusts the run’s authorities by the lists that its chart has, and takes numbers as text', ({
    secondInField,
  }) => {
    expect(secondInField.trust).toBe('values');
    expect(secondInField.installed.target.values).toMatchObject({
      extraVolumes: [{ configMap: { name: 'lab-ca' } }],
      extraVolumeMounts: [{ mountPath: expect.any(String) }],
      extraEnv: expect.arrayContaining([{ name: 'SSL_CERT_FILE', value: expect.stringMatching(/ca\.crt$/) }]),
    });
  });

  test('holds the install contract, check by check, and its Job may stay', async ({ secondInField, signal }) => {
    const results = await checkInstall(secondInField.environment, secondInField.installed, signal);
    expect(outcomes(results)).toEqual(installHeld);
    expect(results.find(({ check }) => check.id === 'migration-job')?.verdict).toMatchObject({
      observed: 'meho-migrate succeeded',
    });
  });

  test('holds the smoke, leg by leg', async ({ secondInField, signal }) => {
    expect(outcomes(await smoke(secondInField, signal))).toEqual(smokeHeld);
  });

  test('is red for its broadcast, which no policy closes, for the width of its DNS, and for nothing else', {
    timeout: policyTimeoutMs,
  }, async ({ secondInField }) => {
    const { document, exitCode } = await runNetworkPolicy(secondInField.environment, {
      topology: topologyOf(secondInField),
    });
    expect(exitCode).toBe(1);
    expect(document.checks.filter(({ status }) => status === 'FAIL').map(({ id }) => id)).toEqual([
      'policy-broadcast',
      'policy-dns',
    ]);
  });

  test('of another commit fails for that alone', async ({ secondInField, signal }) => {
    const { environment, installed } = secondInField;
    const trusting = installed.target.values['extraEnv'] as readonly unknown[];
    const values = { extraEnv: [...trusting, { name: 'GIT_SHA', value: otherCommit }] };
    await applyRelease(environment, installed.target, { values, signal });
    await waitForOnlyBuild(environment, installed.target, otherCommit, signal);
    const results = await checkInstall(environment, installed, signal);
    expect(outcomes(results)).toEqual({ ...installHeld, version: 'violated' });
  });

  test('is rolled back, and rollback-verify says so', async ({ secondInField, signal }) => {
    const { environment, installed } = secondInField;
    const columns = ['tenant_id', 'payload'];
    const before = await runRollbackVerify(environment, installed.target, columns);
    expect(before.exitCode).toBe(1);
    expect(before.stderr.match(/^\[FAIL\] \S+ \S+/gm)).toEqual(['[FAIL] Helm rolled', '[FAIL] GET /version']);
    await releaseOn(environment, installed.target).rollback({ timeoutMs: 60_000, revision: 1, signal });
    await waitForOnlyBuild(environment, installed.target, environment.judged.gitSha, signal);
    const { exitCode, stderr, stdout } = await runRollbackVerify(environment, installed.target, columns);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.match(/^\[ok\]/gm)).toHaveLength(checkIds('rollback-verify').length);
  });
});

describe('a deployment by another hand, whose migration needs the release’s ServiceAccount first', () => {
  test('installs cold with the objects that are given for it, which Helm takes over', async ({
    secondWithObjects: { environment, installed },
    signal,
  }) => {
    expect(installed.before).toContain('ServiceAccount/meho-backplane');
    expect(outcomes(await checkInstall(environment, installed, signal))).toEqual(installHeld);
    await installed.release.uninstall({ timeoutMs: 60_000, signal });
    expect(await inventory(environment.api, installed.target.namespace, signal)).not.toContain(
      'ServiceAccount/meho-backplane',
    );
  });
});

function allHold(verifier: 'install-verify' | 'smoke'): Readonly<Record<string, string>> {
  return Object.fromEntries(checkIds(verifier).map((id) => [id, 'holds']));
}

function topologyOf({ environment, installed }: SecondDeployment) {
  return { namespace: installed.target.namespace, release: environment.request.subject.release, hosts: [] };
}

async function smoke(
  { environment, installed: { target } }: SecondDeployment,
  signal: AbortSignal,
  given?: string,
): Promise<readonly Result[]> {
  using https = backplaneOn(environment, target);
  const token = given ?? (await environment.openId.login('operator'));
  return checkSmoke(environment, target, { https, token }, signal);
}

function outcomes(results: readonly Result[]): Readonly<Record<string, string>> {
  return Object.fromEntries(results.map(({ check, verdict }) => [check.id, verdict.outcome]));
}
