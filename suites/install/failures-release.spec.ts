import {
  applyRelease,
  describe,
  expect,
  install,
  installToFailure,
  interruptHelm,
  runAsOperator,
  test,
  waitForPending,
} from '@meho/harness/test';

const refusedReleaseMs = 30_000;

describe.concurrent('a release that another helm has in its hands', () => {
  test('is freed by the one command that is named, when that helm was killed', async ({
    environment,
    newSite,
    signal,
  }) => {
    const target = await newSite('pending');
    const interruption = {
      by: 'SIGKILL',
      when: () => waitForPending(environment, target, 'pending-install', signal),
    } as const;
    const killed = await interruptHelm(environment, target, interruption, { signal });
    expect(String(killed.error)).toContain('SIGKILL');
    const failed = await installToFailure(environment, target, { signal });
    expect(failed.causes[0]).toMatchObject({
      id: 'release-pending',
      object: 'Release meho',
      observed: expect.stringContaining('revision 1 is pending-install'),
      command: `helm uninstall meho --namespace ${target.namespace} --wait`,
    });
    const command = failed.causes[0]?.command ?? '';
    expect(failed.causes[0]?.next).toContain(command);
    await runAsOperator(environment, target, command, signal);
    await install(environment, target, { signal });
    expect(failed.afterMs).toBeLessThan(refusedReleaseMs);
  });

  test('is left to it, when that helm is still at work', async ({ environment, newSite, signal }) => {
    const target = await newSite('two-at-once');
    const first = applyRelease(environment, target, { signal });
    await waitForPending(environment, target, 'pending-install', signal);
    const second = await installToFailure(environment, target, { signal });
    expect(second.causes[0]).toMatchObject({
      id: 'release-pending',
      next: expect.stringContaining('wait for the other'),
    });
    await first;
    await install(environment, target, { signal });
    expect(second.afterMs).toBeLessThan(refusedReleaseMs);
  });
});
