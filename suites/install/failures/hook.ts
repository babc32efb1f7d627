import { copyChart, describe, expect, installToFailure, naiveHook, needs, test } from '@meho/harness/test';
import { secrets } from '@meho/kube/api/resource';
import { causeIds } from '../causes.ts';
import { expectInstallAfterFix } from './install-after-fix.ts';

needs('our chart');

/** In seconds, not at Helm's timeout (contract, "Traps"). */
const missingObjectMs = 10_000;
const missingSecretMs = 60_000;
const unpulledImageMs = 90_000;

describe.concurrent('a migration hook without what it needs', () => {
  test('names the ServiceAccount that comes after the hook', async ({ environment, newSite, signal }) => {
    const target = await newSite('no-account');
    await using naive = await copyChart(naiveHook);
    const failed = await installToFailure(environment, target, { chart: naive.chart, signal });
    expect(failed.causes[0]).toMatchObject({
      id: 'service-account-missing',
      object: 'Job meho-migrate',
      observed: expect.stringContaining('ServiceAccount meho does not exist'),
    });
    await expectInstallAfterFix(environment, target, signal);
    expect(failed.afterJobMs).toBeLessThan(missingObjectMs);
  });

  test('names the ConfigMap that comes after the hook', async ({ environment, newSite, signal }) => {
    const target = await newSite('no-config-map');
    await using naive = await copyChart(naiveHook);
    const failed = await installToFailure(environment, target, {
      chart: naive.chart,
      values: { serviceAccount: { create: false } },
      signal,
    });
    expect(failed.causes[0]).toMatchObject({ id: 'config-map-missing', expected: expect.stringContaining('meho') });
    await expectInstallAfterFix(environment, target, signal);
    expect(failed.afterJobMs).toBeLessThan(missingObjectMs);
  });

  test('names the Secret with the database’s URL', async ({ environment, newSite, signal }) => {
    const target = await newSite('no-secret');
    await environment.api.delete(secrets, target.namespace, 'meho-postgres', { signal });
    const failed = await installToFailure(environment, target, { signal });
    expect(failed.causes[0]).toMatchObject({
      id: 'secret-missing',
      expected: `Secret meho-postgres in namespace ${target.namespace}`,
    });
    await expectInstallAfterFix(environment, target, signal, () =>
      environment.api.create(
        secrets,
        target.namespace,
        { metadata: { name: 'meho-postgres' }, stringData: { url: target.database.urlFromPods() } },
        { signal },
      ),
    );
    expect(failed.afterMs).toBeLessThan(missingSecretMs);
  });

  test('names the key that the Secret lacks', async ({ environment, newSite, signal }) => {
    const target = await newSite('no-key');
    const { api } = environment;
    const stringData = (key: string) => ({ stringData: { [key]: target.database.urlFromPods() } });
    await api.patch(secrets, target.namespace, 'meho-postgres', { data: null }, { signal });
    await api.patch(secrets, target.namespace, 'meho-postgres', stringData('uri'), { signal });
    const failed = await installToFailure(environment, target, { signal });
    expect(failed.causes[0]).toMatchObject({
      id: 'secret-key-missing',
      expected: `key url in Secret ${target.namespace}/meho-postgres`,
    });
    await expectInstallAfterFix(environment, target, signal, () =>
      api.patch(secrets, target.namespace, 'meho-postgres', stringData('url'), { signal }),
    );
    expect(failed.afterMs).toBeLessThan(missingSecretMs);
  });

  test('names the image that no registry has', async ({ environment, newSite, signal }) => {
    const target = await newSite('no-image');
    const failed = await installToFailure(environment, target, { values: { image: { tag: 'sha-0000000' } }, signal });
    expect(failed.causes[0]).toMatchObject({
      id: 'image-not-pulled',
      expected: expect.stringContaining(':sha-0000000 to be pulled'),
    });
    expect(causeIds(failed)).not.toContain('job-failed');
    await expectInstallAfterFix(environment, target, signal);
    expect(failed.afterMs).toBeLessThan(unpulledImageMs);
  });
});
