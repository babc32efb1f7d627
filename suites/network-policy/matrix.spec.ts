import {
  askProbe,
  checkIds,
  checkPolicy,
  describe,
  expect,
  keepMatrix,
  needs,
  showMatrix,
  test,
} from '@meho/harness/test';

needs('a managed cluster', 'managed services');

const signal = new AbortController().signal;

describe('who may talk to whom', () => {
  test('is the same by contract, by NetworkPolicy objects and by probes, and every denial is proven', {
    timeout: 240_000,
  }, async ({ environment, policy }) => {
    const measurement = policy.look();
    const results = await checkPolicy(environment, policy.target, measurement, signal);
    const matrix = await measurement.matrix(signal);
    const document = await keepMatrix(environment, policy.target, matrix);
    showMatrix(document);
    expect(results.map(({ check, verdict }) => [check.id, verdict.outcome])).toEqual(
      checkIds('network-policy').map((id) => [id, 'holds']),
    );
    expect(document.counts.flows).toBeGreaterThanOrEqual(480);
    expect(matrix.lost).toEqual([]);
    expect(matrix.skipped.every(({ why }) => why !== '')).toBe(true);
    // One kind alone would prove nothing.
    expect(matrix.cells.filter(({ observed }) => observed.answer === 'connected').length).toBeGreaterThan(100);
    expect(matrix.cells.filter(({ observed }) => observed.answer === 'timed out').length).toBeGreaterThan(100);
  });

  test('the answers of probes are told apart', { timeout: 240_000 }, async ({ environment, policy }) => {
    const { api } = environment;
    const { containers, placement } = policy.probes;
    const [stranger, backplane] = [containers.get('stranger'), containers.get('backplane')];
    const twin = placement.probePods.get('twin');
    if (stranger === undefined || backplane === undefined || twin === undefined) {
      throw new Error('the probes of this test were not placed');
    }
    const options = { timeoutMs: 2_000, signal };
    const tcp = (host: string, port: number) => ({ host, port, protocol: 'TCP' as const });
    const udp = (host: string, port: number) => ({ host, port, protocol: 'UDP' as const });
    const seen = await askProbe(
      api,
      stranger,
      [tcp(twin.ip, 8000), tcp(twin.ip, 9), udp(twin.ip, 53), udp(twin.ip, 9), tcp('nobody.nowhere.svc', 80)],
      options,
    );
    expect(seen).toMatchObject([
      { answer: 'connected' },
      { answer: 'refused' },
      { answer: 'connected' },
      { answer: 'refused' },
      { answer: 'could not probe', obstacle: 'name not resolved' },
    ]);
    // kube-router refuses, until the system says no more to one client; others say nothing.
    const isKubeRouter = (await environment.cluster.describe()).policyEngine.kind === 'kube-router';
    const denied = { answer: isKubeRouter ? expect.stringMatching(/^(refused|timed out)$/) : 'timed out' };
    expect(await askProbe(api, backplane, [tcp(twin.ip, 8000), udp(twin.ip, 53)], options)).toMatchObject([
      denied,
      denied,
    ]);
    const bare = { ...stranger, container: 'nobody' };
    expect(await askProbe(api, bare, [tcp(twin.ip, 8000)], options)).toMatchObject([
      { answer: 'could not probe', obstacle: 'not run' },
    ]);
  });
});
