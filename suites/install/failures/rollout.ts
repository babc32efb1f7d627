import { describe, expect, install, installToFailure, inventory, needs, test } from '@meho/harness/test';
import { ValuesError } from '@meho/helm/render';
import { secrets } from '@meho/kube/api/resource';
import { causeIds } from '../causes.ts';

needs('our chart');

const invalidValuesMs = 45_000;
const unservedIngressMs = 120_000;
const crashLoopMs = 120_000;
const neverReadyMs = 150_000;

describe.concurrent('a release whose migration passed', () => {
  test('names the IngressClass that the cluster lacks', async ({ environment, newSite, signal }) => {
    const target = await newSite('no-class');
    const failed = await installToFailure(environment, target, {
      values: { ingress: { className: 'no-such' } },
      signal,
    });
    expect(failed.causes[0]).toMatchObject({
      id: 'ingress-class-missing',
      expected: 'IngressClass no-such',
      observed: expect.stringContaining(environment.ingress.className),
    });
    await install(environment, target, { signal });
    expect(failed.afterMs).toBeLessThan(unservedIngressMs);
  });

  test('names the certificate’s Secret, which Helm does not miss', async ({ environment, newSite, signal }) => {
    const target = await newSite('no-certificate');
    const { api } = environment;
    const kept = await api.get(secrets, target.namespace, 'meho-tls', { signal });
    await api.delete(secrets, target.namespace, 'meho-tls', { signal });
    const failed = await installToFailure(environment, target, { signal });
    expect(failed.causes[0]).toMatchObject({
      id: 'certificate-secret-missing',
      expected: expect.stringContaining('Secret meho-tls'),
    });
    const { type, data } = kept;
    const restored = { metadata: { name: 'meho-tls' }, ...(type && { type }), ...(data && { data }) };
    await api.create(secrets, target.namespace, restored, { signal });
    await install(environment, target, { signal });
    expect(failed.afterMs).toBeLessThan(unservedIngressMs);
  });

  test('that never becomes ready is named with its probe’s answer', async ({ environment, newSite, signal }) => {
    const target = await newSite('never-ready');
    // Nobody answers at TEST-NET-1, and the policy doesn't allow Vault.
    const values = { networkPolicy: { vaultCIDR: '192.0.2.1/32' } };
    const failed = await installToFailure(environment, target, { values, signal });
    expect(failed.causes.find(({ id }) => id === 'never-ready')).toMatchObject({
      observed: expect.stringContaining('Readiness probe failed'),
    });
    expect(causeIds(failed)).not.toContain('crash-loop');
    await install(environment, target, { signal });
    expect(failed.afterMs).toBeLessThan(neverReadyMs);
  });

  test('that crashes is named with its last words', async ({ environment, newSite, signal }) => {
    const target = await newSite('crash-loop');
    // The backplane requires a public URL, the migration doesn't.
    const failed = await installToFailure(environment, target, { values: { ingress: { enabled: false } }, signal });
    expect(failed.causes[0]).toMatchObject({
      id: 'crash-loop',
      observed: expect.stringContaining('BACKPLANE_URL'),
    });
    await install(environment, target, { signal });
    expect(failed.afterMs).toBeLessThan(crashLoopMs);
  });

  test('that was never begun, for its values, leaves nothing', async ({ environment, newSite, signal }) => {
    const target = await newSite('invalid-values');
    const before = await inventory(environment.api, target.namespace, signal);
    const values = { image: { tag: '' }, vault: { address: 'nowhere' }, bogus: true };
    const failed = await installToFailure(environment, target, { values, signal });
    expect(failed.error).toBeInstanceOf(ValuesError);
    expect(String(failed.error)).toContain("'/image/tag'");
    expect(String(failed.error)).toContain("'/vault/address'");
    expect(String(failed.error)).toContain("'bogus'");
    expect(await inventory(environment.api, target.namespace, signal)).toEqual(before);
    await install(environment, target, { signal });
    expect(failed.afterMs).toBeLessThan(invalidValuesMs);
  });
});
