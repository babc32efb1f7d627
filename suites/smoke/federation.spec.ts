import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  backplaneLog,
  checkIds,
  checkSmoke,
  describe,
  expect,
  needs,
  runSmoke,
  secretsIn,
  secretsInFiles,
  test,
  watchArguments,
} from '@meho/harness/test';

const legs = checkIds('smoke');

const logLines = 500;

describe('the federation chain', () => {
  test('holds leg by leg, in the order 1, 2, 4, 3, 5, 5b, 6', async ({ environment, smoke, signal }) => {
    using https = smoke.throughIngress();
    const token = await environment.openId.login('operator');
    const results = await checkSmoke(environment, smoke.target, { https, token }, signal);
    expect(results.map(({ check, verdict }) => [check.id, verdict.outcome])).toEqual(legs.map((id) => [id, 'holds']));
  });
});

describe('the federation chain, asked as operators of our own issuer', () => {
  needs('managed services');

  test('holds for the other role that may, too', async ({ environment, smoke, signal }) => {
    using https = smoke.throughIngress();
    const token = await environment.openId.login('admin');
    const results = await checkSmoke(environment, smoke.target, { https, token }, signal);
    expect(results.map(({ verdict }) => verdict.outcome)).toEqual(legs.map(() => 'holds'));
  });

  test('is what the verifier says as well: exit code 0, its lines in order, one audit row a run', async ({
    environment,
    smoke,
  }) => {
    const { target } = smoke;
    const rows = () =>
      target.database.query<{ operator_sub: string; status_code: number }>(
        'SELECT operator_sub, status_code FROM audit_log ORDER BY occurred_at',
      );
    const token = await environment.openId.token('operator', { kind: 'sound' });
    const before = await rows();
    const { exitCode, stdout, stderr } = await runSmoke(environment, target, { token });
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
    const { target } = smoke;
    const { name, email } = environment.openId.operators.operator;
    const token = await environment.openId.login('operator');
    // The signature alone identifies the token, and its claims contain the name and mail address.
    const [, claims = token, signature = token] = token.split('.');
    const secrets = { name, email, token, claims, signature };
    const folder = path.join(environment.request.artefacts, 'smoke');
    await mkdir(folder, { recursive: true });
    const more = ['--output=json', `--junit=${path.join(folder, 'smoke.junit.xml')}`];
    const { result, leaks, sightings } = await watchArguments(target.host, secrets, () =>
      runSmoke(environment, target, { token, more }),
    );
    await writeFile(path.join(folder, 'smoke.json'), result.stdout);
    await writeFile(path.join(folder, 'smoke.log'), result.stderr);
    // The logs of everything that handled the token.
    const logs = {
      'backplane.log': await backplaneLog(environment, target, smoke.pod),
      'ingress-controller.log': await environment.ingress.log(logLines),
      'openid.log': environment.openId.logTail(logLines),
      'vault.log': environment.vault.logTail(logLines),
    };
    // Whether another image logs anything is its own affair.
    const silent = environment.request.subject.image === undefined ? [] : ['backplane.log'];
    for (const [file, log] of Object.entries(logs)) {
      expect(silent.includes(file) || log !== '', `${file} has something to look at`).toBe(true);
      await writeFile(path.join(folder, file), log);
    }
    expect(result.exitCode).toBe(0);
    expect(sightings).toBeGreaterThan(0);
    expect(leaks).toEqual([]);
    expect(secretsIn(`${result.stdout}${result.stderr}`, secrets)).toEqual([]);
    expect(await secretsInFiles(environment.request.artefacts, secrets)).toEqual([]);
  });
});
