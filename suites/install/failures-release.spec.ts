import {
  byHand,
  describe,
  drive,
  expect,
  install,
  installToFailure,
  interruptHelm,
  test,
  untilPending,
} from '../../harness/test.ts';

const refusedReleaseMs = 30_000;

describe.concurrent('a release that another helm has in its hands', () => {
  test('is freed by the one command that is named, when that helm was killed', async ({
    environment,
    newSite,
    signal,
  }) => {
    const site = await newSite('pending');
    const interruption = {
      by: 'SIGKILL',
      when: () => untilPending(environment, site, 'pending-install', signal),
    } as const;
    const killed = await interruptHelm(environment, site, interruption, { signal });
    expect(String(killed.error)).toContain('SIGKILL');
    const failed = await installToFailure(environment, site, { signal });
    expect(failed.causes[0]).toMatchObject({
      id: 'release-pending',
      object: 'Release meho',
      observed: expect.stringContaining('revision 1 is pending-install'),
      command: `helm uninstall meho --namespace ${site.namespace} --wait`,
    });
    const command = failed.causes[0]?.command ?? '';
    expect(failed.causes[0]?.next).toContain(command);
    await byHand(environment, command, signal);
    await install(environment, site, { signal });
    expect(failed.afterMs).toBeLessThan(refusedReleaseMs);
  });

  test('is left to it, when that helm is still at work', async ({ environment, newSite, signal }) => {
    const site = await newSite('two-at-once');
    const first = drive(environment, site, { signal });
    await untilPending(environment, site, 'pending-install', signal);
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
