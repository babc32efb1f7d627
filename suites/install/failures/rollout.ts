import { ValuesError } from '../../../harness/helm/render.ts';
import { secrets } from '../../../harness/kube/resource.ts';
import { describe, expect, install, installToFailure, inventory, needs, test } from '../../../harness/test.ts';
import { causeIds } from '../causes.ts';

needs('our chart');

const invalidValuesMs = 45_000;
const unservedIngressMs = 120_000;
const crashLoopMs = 120_000;
const neverReadyMs = 150_000;

describe.concurrent('a release whose migration passed', () => {
  test('names the IngressClass that the cluster lacks', async ({ environment, newSite, signal }) => {
    const site = await newSite('no-class');
    const failed = await installToFailure(environment, site, { values: { ingress: { className: 'no-such' } }, signal });
    expect(failed.causes[0]).toMatchObject({
      id: 'ingress-class-missing',
      expected: 'IngressClass no-such',
      observed: expect.stringContaining(environment.ingress.className),
    });
    await install(environment, site, { signal });
    expect(failed.afterMs).toBeLessThan(unservedIngressMs);
  });

  test('names the certificate’s Secret, which Helm does not miss', async ({ environment, newSite, signal }) => {
    const site = await newSite('no-certificate');
    const { api } = environment;
    const kept = await api.get(secrets, site.namespace, 'meho-tls', { signal });
    await api.delete(secrets, site.namespace, 'meho-tls', { signal });
    const failed = await installToFailure(environment, site, { signal });
    expect(failed.causes[0]).toMatchObject({
      id: 'certificate-secret-missing',
      expected: expect.stringContaining('Secret meho-tls'),
    });
    const { type, data } = kept;
    const restored = { metadata: { name: 'meho-tls' }, ...(type && { type }), ...(data && { data }) };
    await api.create(secrets, site.namespace, restored, { signal });
    await install(environment, site, { signal });
    expect(failed.afterMs).toBeLessThan(unservedIngressMs);
  });

  test('that never becomes ready is named with its probe’s answer', async ({ environment, newSite, signal }) => {
    const site = await newSite('never-ready');
    // TEST-NET-1: nobody is there, and Vault is not among what may be called.
    const values = { networkPolicy: { vaultCIDR: '192.0.2.1/32' } };
    const failed = await installToFailure(environment, site, { values, signal });
    expect(failed.causes.find(({ id }) => id === 'never-ready')).toMatchObject({
      observed: expect.stringContaining('Readiness probe failed'),
    });
    expect(causeIds(failed)).not.toContain('crash-loop');
    await install(environment, site, { signal });
    expect(failed.afterMs).toBeLessThan(neverReadyMs);
  });

  test('that crashes is named with its last words', async ({ environment, newSite, signal }) => {
    const site = await newSite('crash-loop');
    // Without a public URL the backplane refuses to start, which the migration doesn't notice.
    const failed = await installToFailure(environment, site, { values: { ingress: { enabled: false } }, signal });
    expect(failed.causes[0]).toMatchObject({
      id: 'crash-loop',
      observed: expect.stringContaining('BACKPLANE_URL'),
    });
    await install(environment, site, { signal });
    expect(failed.afterMs).toBeLessThan(crashLoopMs);
  });

  test('that was never begun, for its values, leaves nothing', async ({ environment, newSite, signal }) => {
    const site = await newSite('invalid-values');
    const before = await inventory(environment.api, site.namespace, signal);
    const values = { image: { tag: '' }, vault: { address: 'nowhere' }, bogus: true };
    const failed = await installToFailure(environment, site, { values, signal });
    expect(failed.error).toBeInstanceOf(ValuesError);
    expect(String(failed.error)).toContain("'/image/tag'");
    expect(String(failed.error)).toContain("'/vault/address'");
    expect(String(failed.error)).toContain("'bogus'");
    expect(await inventory(environment.api, site.namespace, signal)).toEqual(before);
    await install(environment, site, { signal });
    expect(failed.afterMs).toBeLessThan(invalidValuesMs);
  });
});
