import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expectedOf, readRecords } from '@meho/contract/testing/recorded-expectations';
import { expectedOfTwo } from '@meho/contract/testing/two-helms-expectations';
import { readSettings } from '@meho/core/config';
import { run } from '@meho/core/process/run';
import { type StalledRelease, watchRelease } from '@meho/diagnostics/release-watch';
import { history } from '@meho/helm/history';
import { majorOf } from '@meho/helm/program';
import { HelmRelease } from '@meho/helm/release';
import { rollbackTarget } from '@meho/helm/rollback-target';
import { recordChart } from '@meho/helm/testing/record-chart';
import { Driver, RELEASE, scenarios } from '@meho/helm/testing/scenarios';
import { smallChart } from '@meho/helm/testing/small-chart';
import { twoHelms } from '@meho/helm/testing/two-helms';
import { ensureHelm, type OtherHelm, otherHelms } from '@meho/images/tools/helm-versions';
import { configMaps } from '@meho/kube/api/resource';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { type RealCluster, realCluster } from '../../real-cluster.ts';

/** Only for `npm run helms`: oldest and newest Helm 3 and 4, alone and in succession, on a real cluster. */
let real: RealCluster;
let chart: Awaited<ReturnType<typeof recordChart>>;
const programs = new Map<string, string>();

beforeAll(async () => {
  const { cacheFolder } = readSettings();
  const { signal } = new AbortController();
  [real, chart] = await Promise.all([realCluster(), recordChart()]);
  for (const version of otherHelms) {
    programs.set(version, await ensureHelm(version, cacheFolder, signal));
  }
}, 3_600_000);
afterAll(async () => {
  await chart?.[Symbol.asyncDispose]();
  await real?.[Symbol.asyncDispose]();
});

function driverOf(version: OtherHelm, namespace: string): Driver {
  const { api, kubeconfigFile, agnhost } = real;
  const helm = programs.get(version) ?? version;
  return new Driver({ api, helm, kubeconfigFile, chart: chart.folder, namespace, image: agnhost.reference });
}

describe.each(otherHelms)('helm %s', (version) => {
  test.concurrent.for(Object.entries(scenarios))('%s', async ([name, drive], { expect, signal }) => {
    const namespace = await real.namespace();
    await drive(driverOf(version, namespace));
    expect(readRecords(await history(real.api, namespace, RELEASE, { signal }))).toEqual(expectedOf(name, version));
  });

  test.concurrent('goes back by the command that is named, whatever others have set', async ({ expect, signal }) => {
    const namespace = await real.namespace();
    const driver = driverOf(version, namespace);
    await driver.install({ note: 'N' });
    // As `kubectl edit` does.
    await real.api.patch(configMaps, namespace, `${RELEASE}-content`, { data: { note: 'by hand' } }, { signal });
    await driver.upgrade({ note: 'N+1' });
    const revisions = await history(real.api, namespace, RELEASE, { signal });
    const isFour = majorOf(version) === 4;
    expect(revisions.at(-1)?.status).toBe(isFour ? 'failed' : 'deployed');
    const back = isFour ? rollbackTarget(revisions, 4) : { revision: 1, flags: '--wait' };
    expect(back).toEqual({ revision: 1, flags: isFour ? '--wait --force-conflicts' : '--wait' });
    const flags = 'flags' in back ? back.flags.split(' ') : [];
    const args = ['rollback', RELEASE, '1', '--namespace', namespace, ...flags];
    const env = { KUBECONFIG: real.kubeconfigFile };
    await run(programs.get(version) ?? version, args, { env, timeoutMs: 60_000, signal });
    const { data } = await real.api.get(configMaps, namespace, `${RELEASE}-content`, { signal });
    expect(data).toEqual({ note: 'N' });
  });

  test.concurrent('has its refusal of values understood', async ({ expect, signal }) => {
    const namespace = await real.namespace();
    const { kubeconfigFile } = real;
    const helm = programs.get(version) ?? version;
    const release = new HelmRelease({ helm, kubeconfigFile, namespace, release: RELEASE }, { api: real.api });
    const values = { image: { tag: 5349 }, vault: { address: 'nowhere' }, bogus: true };
    const error = await release.install({ chart: 'charts/meho', values, timeoutMs: 60_000, signal }).catch(String);
    for (const said of [
      "'/image/tag': it is a number, and the chart takes text",
      "'/vault/address': ",
      "'bogus' not allowed",
    ]) {
      expect(error).toContain(said);
    }
  });
});

/** No managed cluster provides addresses of load balancers. */
describe.each(otherHelms)('helm %s and a LoadBalancer that nothing provides', (version) => {
  test.concurrent('waits for it, and is named long before its timeout, or does not wait', async ({
    expect,
    signal,
  }) => {
    const { api, agnhost, kubeconfigFile } = real;
    const namespace = await real.namespace();
    const identity = { helm: programs.get(version) ?? version, kubeconfigFile, namespace, release: RELEASE };
    const release = new HelmRelease(identity, { api });
    await using balanced = await smallChart();
    const service =
      'apiVersion: v1\nkind: Service\nmetadata: { name: meho }\nspec: { type: LoadBalancer, ports: [{ port: 80 }] }\n';
    await writeFile(path.join(balanced.folder, 'templates', 'service.yaml'), service);
    const outcome = await watchRelease({ ...identity, api, signal }, (driveSignal) =>
      release.install({
        chart: balanced.folder,
        values: { image: agnhost.reference },
        timeoutMs: 180_000,
        signal: driveSignal,
      }),
    ).catch((error: unknown) => error);
    if (majorOf(version) === 4) {
      expect(outcome).toMatchObject({ exitCode: 0 });
    } else {
      expect(outcome).toMatchObject({ causes: [{ id: 'load-balancer-pending', object: 'Service meho' }] });
      expect((outcome as StalledRelease).afterMs).toBeLessThan(120_000);
    }
  });
});

describe.each([
  ['3.18.5', '4.0.0'],
  ['3.22.0', '4.3.2'],
] as const)('helm %s and %s', (three, four) => {
  test.concurrent.for(Object.entries(twoHelms))('%s', async ([name, drive], { expect, signal }) => {
    const namespace = await real.namespace();
    await drive({ three: driverOf(three, namespace), four: driverOf(four, namespace) });
    expect(readRecords(await history(real.api, namespace, RELEASE, { signal }))).toEqual(expectedOfTwo(name, four));
  });
});
