import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { HelmRelease } from '../../harness/helm/release.ts';
import { configMaps, deployments, ingresses, networkPolicies, pods, services } from '../../harness/kube/resource.ts';
import {
  backplaneOn,
  copyChart,
  describe,
  drive,
  type Environment,
  expect,
  holds,
  install,
  needs,
  notYet,
  ownChart,
  releaseOn,
  type Site,
  test,
  waitFor,
} from '../../harness/test.ts';

needs('our chart');

describe.concurrent('a release that is installed again', () => {
  test('stays as it is; values and a new chart roll out', async ({ environment, newSite, signal }) => {
    const site = await newSite('again');
    const { api } = environment;
    await install(environment, site, { signal });
    const first = await podUids(environment, site);
    await install(environment, site, { signal });
    expect(await podUids(environment, site)).toEqual(first);

    await install(environment, site, { values: { config: { databasePoolSize: 5 } }, signal });
    const { data } = await api.get(configMaps, site.namespace, 'meho', { signal });
    expect(data).toMatchObject({ DATABASE_POOL_SIZE: '5' });
    const second = await podUids(environment, site);
    expect(second).toHaveLength(1);
    expect(second).not.toEqual(first);

    const chartFile = await readFile(path.join(ownChart, 'Chart.yaml'), 'utf8');
    const version = /^version: (.+)$/m.exec(chartFile)?.[1] ?? '';
    await using newer = await copyChart([{ file: 'Chart.yaml', from: `version: ${version}`, to: 'version: 99.1.2' }]);
    await install(environment, site, { chart: newer.chart, signal });
    // A pod of the chart before still answers while it drains, until the ingress controller has noticed.
    await waitFor(
      'the new chart to answer',
      async () => {
        using backplane = backplaneOn(environment, site);
        const reply = await backplane.get('/version', signal);
        const body = reply.kind === 'answer' ? reply.body : reply.error.observed;
        return body.includes('"chart_version":"99.1.2"') ? holds(undefined) : notYet(body);
      },
      { deadlineMs: 20_000, signal },
    );
  });
});

describe.concurrent('a release without', () => {
  test('a broadcast of its own, with another store', async ({ environment, newSite, signal, skip }) => {
    skip(!environment.cluster.capabilities.siblingContainers, 'nobody gives another store');
    const site = await newSite('no-broadcast');
    // Readiness asks for a store all the same (contract, "The backplane's surface"); the chart's policy knows of none.
    const BROADCAST_REDIS_URL = environment.valkey.urlFromPods();
    const values = {
      broadcast: { enabled: false },
      config: { extraEnv: { BROADCAST_REDIS_URL } },
      networkPolicy: { enabled: false },
    };
    await install(environment, site, { values, signal });
    expect(await names(environment, site, deployments)).toEqual(['meho']);
    expect(await names(environment, site, services)).toEqual(['meho']);
  });

  test('the Ingress', async ({ environment, newSite, signal }) => {
    const site = await newSite('no-ingress');
    const values = { ingress: { enabled: false }, config: { backplaneUrl: `https://${site.host}` } };
    await drive(environment, site, { values, signal });
    expect(await names(environment, site, ingresses)).toEqual([]);
    expect(await readyReplicas(environment, site, 'meho')).toBe(1);
  });

  test('the NetworkPolicies', async ({ environment, newSite, signal }) => {
    const site = await newSite('no-policy');
    await install(environment, site, { values: { networkPolicy: { enabled: false } }, signal });
    expect(await names(environment, site, networkPolicies)).toEqual([]);
  });
});

describe.concurrent('two releases of one name in two namespaces', () => {
  test('live side by side, and one outlives the other', async ({ environment, newSite, signal }) => {
    const [one, other] = await Promise.all([newSite('one'), newSite('other')]);
    await Promise.all([install(environment, one, { signal }), install(environment, other, { signal })]);
    await releaseOn(environment, one).uninstall({ timeoutMs: 60_000, signal });
    expect(await names(environment, one, deployments)).toEqual([]);
    using backplane = backplaneOn(environment, other);
    expect(await backplane.get('/healthz', signal)).toMatchObject({ status: 200 });
  });
});

/** Helm's limit for a release's name. `-broadcast` makes 63 characters of it, a Service's limit. */
const longest = `r${'0123456789'.repeat(5)}-x`;

describe.concurrent('a release called', () => {
  test.for([
    { release: 'lab', fullname: 'lab-meho', why: 'without the chart’s name: gets it' },
    { release: 'acme-meho-lab', fullname: 'acme-meho-lab', why: 'with it: is folded' },
    { release: longest, fullname: `${longest}-meho`, why: '53 characters: every object has its name' },
  ])('$release, $why', async ({ release: name, fullname }, { environment, newSite, signal }) => {
    const site = await newSite('name');
    const release = new HelmRelease({ ...releaseOn(environment, site).identity, release: name });
    await install(environment, site, { release, signal });
    expect(await readyReplicas(environment, site, fullname)).toBe(1);
    expect(await names(environment, site, services)).toEqual([fullname, `${name}-broadcast`].toSorted());
    expect(`${longest}-broadcast`).toHaveLength(63);
  });
});

async function podUids({ api }: Environment, { namespace }: Site): Promise<readonly (string | undefined)[]> {
  const { items } = await api.list(pods, { namespace, labels: 'app.kubernetes.io/component=backplane' });
  return items
    .filter(({ metadata }) => metadata?.deletionTimestamp === undefined)
    .map(({ metadata }) => metadata?.uid)
    .toSorted();
}

async function names(
  { api }: Environment,
  { namespace }: Site,
  resource: typeof deployments | typeof services | typeof ingresses | typeof networkPolicies,
): Promise<readonly (string | undefined)[]> {
  const { items } = await api.listMetadata(resource, { namespace });
  return items.map(({ metadata }) => metadata?.name).toSorted();
}

async function readyReplicas({ api }: Environment, { namespace }: Site, name: string): Promise<number | undefined> {
  return (await api.get(deployments, namespace, name)).status?.readyReplicas;
}
