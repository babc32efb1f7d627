import { secrets } from '../../../harness/kube/resource.ts';
import { copyChart, describe, expect, installToFailure, naiveHook, needs, test } from '../../../harness/test.ts';
import { causeIds } from '../causes.ts';
import { installsOnceMended } from './mended.ts';

needs('our chart');

/** The unfixed chart must be diagnosed in seconds, not at Helm's timeout (contract, "Traps"). */
const missingObjectMs = 10_000;
const missingSecretMs = 60_000;
const unpulledImageMs = 90_000;

describe.concurrent('a migration hook without what it needs', () => {
  test('names the ServiceAccount that comes after the hook', async ({ environment, newSite, signal }) => {
    const site = await newSite('no-account');
    await using naive = await copyChart(naiveHook);
    const failed = await installToFailure(environment, site, { chart: naive.chart, signal });
    expect(failed.causes[0]).toMatchObject({
      id: 'service-account-missing',
      object: 'Job meho-migrate',
      observed: expect.stringContaining('ServiceAccount meho does not exist'),
    });
    await installsOnceMended(environment, site, signal);
    expect(failed.afterJobMs).toBeLessThan(missingObjectMs);
  });

  test('names the ConfigMap that comes after the hook', async ({ environment, newSite, signal }) => {
    const site = await newSite('no-config-map');
    await using naive = await copyChart(naiveHook);
    const failed = await installToFailure(environment, site, {
      chart: naive.chart,
      values: { serviceAccount: { create: false } },
      signal,
    });
    expect(failed.causes[0]).toMatchObject({ id: 'config-map-missing', expected: expect.stringContaining('meho') });
    await installsOnceMended(environment, site, signal);
    expect(failed.afterJobMs).toBeLessThan(missingObjectMs);
  });

  test('names the Secret with the database’s URL', async ({ environment, newSite, signal }) => {
    const site = await newSite('no-secret');
    await environment.api.delete(secrets, site.namespace, 'meho-postgres', { signal });
    const failed = await installToFailure(environment, site, { signal });
    expect(failed.causes[0]).toMatchObject({
      id: 'secret-missing',
      expected: `Secret meho-postgres in namespace ${site.namespace}`,
    });
    await installsOnceMended(environment, site, signal, () =>
      environment.api.create(
        secrets,
        site.namespace,
        { metadata: { name: 'meho-postgres' }, stringData: { url: site.database.urlFromPods() } },
        { signal },
      ),
    );
    expect(failed.afterMs).toBeLessThan(missingSecretMs);
  });

  test('names the key that the Secret lacks', async ({ environment, newSite, signal }) => {
    const site = await newSite('no-key');
    const { api } = environment;
    const stringData = (key: string) => ({ stringData: { [key]: site.database.urlFromPods() } });
    await api.patch(secrets, site.namespace, 'meho-postgres', { data: null }, { signal });
    await api.patch(secrets, site.namespace, 'meho-postgres', stringData('uri'), { signal });
    const failed = await installToFailure(environment, site, { signal });
    expect(failed.causes[0]).toMatchObject({
      id: 'secret-key-missing',
      expected: `key url in Secret ${site.namespace}/meho-postgres`,
    });
    await installsOnceMended(environment, site, signal, () =>
      api.patch(secrets, site.namespace, 'meho-postgres', stringData('url'), { signal }),
    );
    expect(failed.afterMs).toBeLessThan(missingSecretMs);
  });

  test('names the image that no registry has', async ({ environment, newSite, signal }) => {
    const site = await newSite('no-image');
    const failed = await installToFailure(environment, site, { values: { image: { tag: 'sha-0000000' } }, signal });
    expect(failed.causes[0]).toMatchObject({
      id: 'image-not-pulled',
      expected: expect.stringContaining(':sha-0000000 to be pulled'),
    });
    expect(causeIds(failed)).not.toContain('job-failed');
    await installsOnceMended(environment, site, signal);
    expect(failed.afterMs).toBeLessThan(unpulledImageMs);
  });
});
