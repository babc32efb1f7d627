import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  backplaneLog,
  checkSmoke,
  describe,
  expect,
  needs,
  runSmoke,
  secretsIn,
  secretsInFiles,
  test,
  watchArguments,
} from '../../harness/test.ts';

const legs = ['login', 'operator-status', 'vault-readable', 'audit-row', 'migrated', 'migration-job', 'budget'];

const logLines = 500;

describe('the federation chain', () => {
  test('holds leg by leg, in the order 1, 2, 4, 3, 5, 5b, 6', async ({ environment, smoke, signal }) => {
    using https = smoke.throughIngress();
    const token = await environment.openId.login('operator');
    const results = await checkSmoke(environment, smoke.site, { https, token }, signal);
    expect(results.map(({ check, verdict }) => [check.id, verdict.outcome])).toEqual(legs.map((id) => [id, 'holds']));
  });
});

describe('the federation chain, asked as operators of our own issuer', () => {
  needs('services of ours');

  test('holds for the other role that may, too', async ({ environment, smoke, signal }) => {
    using https = smoke.throughIngress();
    const token = await environment.openId.login('admin');
    const results = await checkSmoke(environment, smoke.site, { https, token }, signal);
    expect(results.map(({ verdict }) => verdict.outcome)).toEqual(legs.map(() => 'holds'));
  });

  test('is what the verifier says as well: exit code 0, its lines in order, one audit row a run', async ({
    environment,
    smoke,
  }) => {
    const { site } = smoke;
    const rows = () =>
      site.database.query<{ operator_sub: string; status_code: number }>(
        'SELECT operator_sub, status_code FROM audit_log ORDER BY occurred_at',
      );
    const token = await environment.openId.token('operator', { kind: 'sound' });
    const before = await rows();
    const { exitCode, stdout, stderr } = await runSmoke(environment, site, { token });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.match(/^\[\w+\] Leg \w+/gm)).toEqual(
      ['1', '2', '4', '3', '5', '5b', '6'].map((n) => `[ok] Leg ${n}`),
    );
    expect((await rows()).slice(before.length)).toEqual([
      { operator_sub: environment.openId.operators.operator.sub, status_code: 200 },
    ]);
  });

  test('leaves neither token nor name nor mail in output, argument lists, files or log', async ({
    environment,
    smoke,
  }) => {
    const { site } = smoke;
    const { name, email } = environment.openId.operators.operator;
    const token = await environment.openId.login('operator');
    // A signature identifies its token, also where something cut off its head; the claims hold name and mail.
    const [, claims = token, signature = token] = token.split('.');
    const secrets = { name, email, token, claims, signature };
    const folder = path.join(environment.request.artefacts, 'smoke');
    await mkdir(folder, { recursive: true });
    const more = ['--output=json', `--junit=${path.join(folder, 'smoke.junit.xml')}`];
    const { result, leaks, sightings } = await watchArguments(site.host, secrets, () =>
      runSmoke(environment, site, { token, more }),
    );
    await writeFile(path.join(folder, 'smoke.json'), result.stdout);
    await writeFile(path.join(folder, 'smoke.log'), result.stderr);
    // Everybody whom the token passed on its way.
    const logs = {
      'backplane.log': await backplaneLog(environment, site, smoke.pod),
      'ingress-controller.log': await environment.ingress.log(logLines),
      'openid.log': environment.openId.logTail(logLines),
      'vault.log': environment.vault.logTail(logLines),
    };
    for (const [file, log] of Object.entries(logs)) {
      expect(log, file).not.toBe('');
      await writeFile(path.join(folder, file), log);
    }
    expect(result.exitCode).toBe(0);
    expect(sightings).toBeGreaterThan(0);
    expect(leaks).toEqual([]);
    expect(secretsIn(`${result.stdout}${result.stderr}`, secrets)).toEqual([]);
    expect(await secretsInFiles(environment.request.artefacts, secrets)).toEqual([]);
  });
});
