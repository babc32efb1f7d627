import { checkUnauthenticated, describe, expect, isReferenceBackplane, test } from '@meho/harness/test';

describe('without a token', () => {
  test('a port-forward to the pod shows the four assertions of a pull request', async ({
    environment,
    smoke,
    signal,
  }) => {
    using backplane = smoke.toPod();
    const results = await checkUnauthenticated(environment, smoke.target, backplane, signal);
    expect(results.map(({ check, verdict }) => [check.id, verdict.outcome])).toEqual([
      ['healthz', 'holds'],
      ['version-tells-git-sha', 'holds'],
      ['version-tells-chart-version', 'holds'],
      ['anonymous-refused', 'holds'],
    ]);
  });

  test('the pod is ready with all five of its probes', async ({ environment, smoke, signal }) => {
    using backplane = smoke.toPod();
    expect(await backplane.get('/ready', signal)).toMatchObject({ status: 200 });
    const reply = await backplane.get('/ready', signal);
    const { checks } = JSON.parse(reply.kind === 'answer' ? reply.body : '{}');
    const found: readonly { readonly name: string; readonly ok: boolean }[] = checks;
    expect(found.map(({ ok }) => ok)).toEqual([true, true, true, true, true]);
    if (isReferenceBackplane(environment)) {
      expect(found.map(({ name }) => name).toSorted()).toEqual([
        'broadcast',
        'database',
        'keycloak',
        'migration',
        'vault',
      ]);
    }
  });
});
