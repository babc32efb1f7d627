import { describe, expect, test } from 'vitest';
import { type Probe, probeAll, shareInFlight } from './readiness.ts';

const refused = Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:8200'), { code: 'ECONNREFUSED' });

describe('readiness', () => {
  test('holds when every look does', async () => {
    const probes: Probe[] = [
      { name: 'database', look: async () => ({ ok: true }) },
      { name: 'migration', look: async () => ({ ok: true, detail: 'ahead_of_image' }) },
    ];
    await expect(probeAll(probes)).resolves.toEqual({
      status: 'ready',
      checks: [
        { name: 'database', ok: true, detail: null },
        { name: 'migration', ok: true, detail: 'ahead_of_image' },
      ],
    });
  });

  test('fails with reason and class, never with the message', async () => {
    const readiness = await probeAll([
      { name: 'database', look: async () => ({ ok: true }) },
      { name: 'vault', look: async () => ({ ok: false, reason: 'health_failed', error: refused }) },
      { name: 'keycloak', look: () => Promise.reject(refused) },
    ]);
    expect(readiness).toEqual({
      status: 'not_ready',
      checks: [
        { name: 'database', ok: true, detail: null },
        { name: 'vault', ok: false, detail: 'health_failed: ConnectError' },
        { name: 'keycloak', ok: false, detail: 'probe_failed: ConnectError' },
      ],
    });
    expect(JSON.stringify(readiness)).not.toContain('10.0.0.7');
  });

  test('gives up on a look that does not end, while the others are made', async () => {
    const readiness = await probeAll(
      [
        { name: 'vault', look: () => new Promise(() => undefined) },
        { name: 'database', look: async () => ({ ok: true }) },
      ],
      () => undefined,
      20,
    );
    expect(readiness.checks).toEqual([
      { name: 'vault', ok: false, detail: 'probe_timed_out: TimeoutError' },
      { name: 'database', ok: true, detail: null },
    ]);
  });

  test('does not hold when nothing was looked at', async () => {
    await expect(probeAll([])).resolves.toMatchObject({ status: 'not_ready' });
  });

  test('is looked at once for all who ask meanwhile', async () => {
    let looks = 0;
    const look = shareInFlight(async () => {
      looks += 1;
      return looks;
    });
    expect(await Promise.all([look(), look(), look()])).toEqual([1, 1, 1]);
    expect(await look()).toBe(2);
  });
});
