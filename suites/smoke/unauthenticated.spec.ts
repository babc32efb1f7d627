import { checkUnauthenticated, describe, expect, test } from '../../harness/test.ts';

describe('without a token', () => {
  test('a port-forward to the pod shows the four assertions of a pull request', async ({
    environment,
    smoke,
    signal,
  }) => {
    using backplane = smoke.toPod();
    const results = await checkUnauthenticated(environment, smoke.site, backplane, signal);
    expect(results.map(({ check, verdict }) => [check.id, verdict.outcome])).toEqual([
      ['healthz', 'holds'],
      ['version-tells-git-sha', 'holds'],
      ['version-tells-chart-version', 'holds'],
      ['anonymous-refused', 'holds'],
    ]);
  });

  test('the pod is ready with all five of its probes', async ({ smoke, signal }) => {
    using backplane = smoke.toPod();
    expect(await backplane.get('/ready', signal)).toMatchObject({ status: 200 });
    const reply = await backplane.get('/ready', signal);
    const { checks } = JSON.parse(reply.kind === 'answer' ? reply.body : '{}');
    expect(checks.map(({ name, ok }: { name: string; ok: boolean }) => [name, ok]).toSorted()).toEqual([
      ['broadcast', true],
      ['database', true],
      ['keycloak', true],
      ['migration', true],
      ['vault', true],
    ]);
  });
});
