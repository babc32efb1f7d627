import { ask, checkPolicy, describe, expect, keepMatrix, needs, showMatrix, test } from '../../harness/test.ts';

needs('a cluster of ours', 'services of ours');

const signal = new AbortController().signal;

describe('who may talk to whom', () => {
  test('is the same by contract, by NetworkPolicy objects and by probes, and every denial is proven', {
    timeout: 240_000,
  }, async ({ environment, policy }) => {
    const look = policy.look();
    const results = await checkPolicy(environment, policy.site, look, signal);
    const matrix = await look.matrix(signal);
    const document = await keepMatrix(environment, policy.site, matrix);
    showMatrix(document);
    expect(results.map(({ check, verdict }) => ({ id: check.id, ...verdict }))).toMatchObject([
      { id: 'policy-enforced', outcome: 'holds' },
      { id: 'policy-matrix', outcome: 'holds' },
      { id: 'policy-broadcast', outcome: 'holds' },
      { id: 'policy-dns', outcome: 'holds' },
      { id: 'policy-denials', outcome: 'holds' },
      { id: 'policy-untouched', outcome: 'holds' },
    ]);
    expect(document.counts.flows).toBeGreaterThanOrEqual(480);
    expect(matrix.lost).toEqual([]);
    expect(matrix.skipped.every(({ why }) => why !== '')).toBe(true);
    // Both kinds of cells are there in numbers: a matrix of one kind would show nothing.
    expect(matrix.cells.filter(({ observed }) => observed.answer === 'connected').length).toBeGreaterThan(100);
    expect(matrix.cells.filter(({ observed }) => observed.answer === 'timed out').length).toBeGreaterThan(100);
  });

  test('the answers of probes are told apart', { timeout: 240_000 }, async ({ environment, policy }) => {
    const { api } = environment;
    const { stands, stage } = policy.placed;
    const [stranger, backplane] = [stands.get('stranger'), stands.get('backplane')];
    const twin = stage.guests.get('twin');
    if (stranger === undefined || backplane === undefined || twin === undefined) {
      throw new Error('the probes of this test were not placed');
    }
    const options = { timeoutMs: 2_000, signal };
    const tcp = (host: string, port: number) => ({ host, port, protocol: 'TCP' as const });
    const udp = (host: string, port: number) => ({ host, port, protocol: 'UDP' as const });
    const seen = await ask(
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
    expect(await ask(api, backplane, [tcp(twin.ip, 8000), udp(twin.ip, 53)], options)).toMatchObject([
      { answer: 'timed out' },
      { answer: 'timed out' },
    ]);
    const bare = { ...stranger, container: 'nobody' };
    expect(await ask(api, bare, [tcp(twin.ip, 8000)], options)).toMatchObject([
      { answer: 'could not probe', obstacle: 'not run' },
    ]);
  });
});
