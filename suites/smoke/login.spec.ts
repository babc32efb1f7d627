import { checkSmoke, describe, expect, needs, runLogin, secretsIn, test, watchArguments } from '@meho/harness/test';

needs('managed services');

describe('meho-acceptance login', () => {
  test('gives a token that opens the whole chain, on standard output only', async ({ environment, smoke, signal }) => {
    const { openId } = environment;
    const { name, email } = openId.operators.operator;
    const { result, leaks, sightings } = await watchArguments(openId.issuer, { name, email }, () =>
      runLogin(environment, (link) => openId.approve(link, 'operator')),
    );
    const { exitCode, stdout, stderr } = result;
    expect({ exitCode, leaks }).toEqual({ exitCode: 0, leaks: [] });
    expect(sightings).toBeGreaterThan(0);
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n?$/);
    expect(stderr).toMatch(/^open https:\/\/\S+ within \d+ min, log in and confirm; .*\n\[ok\] logged in\n?$/);
    expect(secretsIn(stderr, { name, email, token: stdout.trim() })).toEqual([]);
    using https = smoke.throughIngress();
    const results = await checkSmoke(environment, smoke.target, { https, token: stdout.trim() }, signal);
    expect(results.map(({ verdict }) => verdict.outcome)).toEqual(results.map(() => 'holds'));
  });

  test('that nobody confirms ends with 1 and says so', async ({ environment }) => {
    const { exitCode, stdout, stderr } = await runLogin(environment, async () => undefined, ['--timeout=7']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^\[FAIL\] login: expected the code to be confirmed.*authorization_pending/m);
  });
});
