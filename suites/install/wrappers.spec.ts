import { describe, expect, needs, runAsOperator, runWrapper, test } from '@meho/harness/test';

needs('our chart', 'images on its nodes');

/** Each continues from the one before. */
describe("a consumer's wrappers", () => {
  test('install.sh drives helm and ends as install-verify does', async ({ environment, site: target }) => {
    const { exitCode, stdout, stderr } = await runWrapper(environment, target, 'install');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^\[ok\] Wall clock within 300 s: /m);
    expect(stdout).toMatch(/^install-verify: passed, 7 hold, 2 not made, /m);
  });

  test('smoke.sh ends as smoke does, green and red', async ({ environment, site: target }) => {
    const token = await environment.openId.token('operator', { kind: 'sound' });
    const [green, red] = await Promise.all([
      runWrapper(environment, target, 'smoke', { MEHO_ACCESS_TOKEN: token }),
      runWrapper(environment, target, 'smoke', { MEHO_ACCESS_TOKEN: 'not-a-token' }),
    ]);
    expect({ exitCode: green.exitCode, stderr: green.stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(green.stdout).toMatch(/^smoke: passed, \d hold, /m);
    expect(red.exitCode).toBe(1);
    expect(red.stderr).toMatch(/^\[FAIL\] .*401/m);
  });

  test('rollback-drill.sh goes to N+1 and back, also where somebody has scaled N by hand, and ends as rollback-verify does', async ({
    environment,
    site: target,
    signal,
  }) => {
    await runAsOperator(
      environment,
      target,
      `kubectl -n ${target.namespace} scale deployment meho --replicas=2`,
      signal,
    );
    const { exitCode, stdout, stderr } = await runWrapper(environment, target, 'rollback-drill');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^rollback-verify: passed, \d hold, /m);
    // A wrong commit turns red, so it is N by more than its revision.
    const wrong = await runWrapper(environment, target, 'install', { MEHO_GIT_SHA: 'f'.repeat(40) });
    expect(wrong.exitCode).toBe(1);
    expect(wrong.stderr).toMatch(/^\[FAIL\] GET \/version/m);
  });

  test.for(['install', 'smoke', 'rollback-drill'] as const)(
    '%s.sh without its settings ends with 2',
    async (wrapper, { environment, site: target }) => {
      const none = { MEHO_HOST: '', MEHO_BACKPLANE: '' };
      const { exitCode, stdout, stderr } = await runWrapper(environment, target, wrapper, none);
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
      expect(stderr).toMatch(/^error: MEHO_(HOST|BACKPLANE) is not set; see the head of /);
    },
  );
});
