import { afterAll, beforeAll, describe, test } from 'vitest';
import { readSettings } from '../config.ts';
import { history } from '../helm/history.ts';
import { majorOf } from '../helm/program.ts';
import { HelmRelease } from '../helm/release.ts';
import { recordChart } from '../helm/testing/record-chart.ts';
import { Driver, RELEASE, scenarios } from '../helm/testing/scenarios.ts';
import { twoHelms } from '../helm/testing/two-helms.ts';
import { wayBack } from '../helm/way-back.ts';
import { ensureHelm, type OtherHelm, otherHelms } from '../images/tools/helm-versions.ts';
import { configMaps } from '../kube/resource.ts';
import { run } from '../process/run.ts';
import { type RealCluster, realCluster } from '../testing/real-cluster.ts';
import { expectedOf, readOf } from './testing/recorded-expectations.ts';
import { expectedOfTwo } from './testing/two-helms-expectations.ts';

/** By `npm run helms` alone: the oldest and the newest Helm 3 and 4, each for itself and one after the other, on one real cluster. */
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
    expect(readOf(await history(real.api, namespace, RELEASE, { signal }))).toEqual(expectedOf(name, version));
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
    const back = isFour ? wayBack(revisions, 4) : { revision: 1, flags: '--wait' };
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
    const release = new HelmRelease({ helm, kubeconfigFile, namespace, release: RELEASE });
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

describe.each([
  ['3.18.5', '4.0.0'],
  ['3.22.0', '4.3.2'],
] as const)('helm %s and %s', (three, four) => {
  test.concurrent.for(Object.entries(twoHelms))('%s', async ([name, drive], { expect, signal }) => {
    const namespace = await real.namespace();
    await drive({ three: driverOf(three, namespace), four: driverOf(four, namespace) });
    expect(readOf(await history(real.api, namespace, RELEASE, { signal }))).toEqual(expectedOfTwo(name, four));
  });
});
