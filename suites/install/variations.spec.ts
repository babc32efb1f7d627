import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  applyRelease,
  backplaneOn,
  checkInstall,
  checkSmoke,
  copyChart,
  describe,
  type Environment,
  expect,
  holds,
  type InstallTarget,
  install,
  needs,
  notYet,
  ownChart,
  releaseOn,
  runAsOperator,
  test,
  waitFor,
} from '@meho/harness/test';
import { configMaps, deployments, ingresses, networkPolicies, pods, services } from '@meho/kube/api/resource';

needs('our chart');

describe.concurrent('a release that is installed again', () => {
  test('stays as it is; values and a new chart roll out', async ({ environment, newSite, signal }) => {
    const target = await newSite('again');
    const { api } = environment;
    await install(environment, target, { signal });
    const first = await podUids(environment, target);
    await install(environment, target, { signal });
    expect(await podUids(environment, target)).toEqual(first);

    await install(environment, target, { values: { config: { databasePoolSize: 5 } }, signal });
    const { data } = await api.get(configMaps, target.namespace, 'meho', { signal });
    expect(data).toMatchObject({ DATABASE_POOL_SIZE: '5' });
    const second = await podUids(environment, target);
    expect(second).toHaveLength(1);
    expect(second).not.toEqual(first);

    const chartFile = await readFile(path.join(ownChart, 'Chart.yaml'), 'utf8');
    const version = /^version: (.+)$/m.exec(chartFile)?.[1] ?? '';
    await using newer = await copyChart([{ file: 'Chart.yaml', from: `version: ${version}`, to: 'version: 99.1.2' }]);
    await install(environment, target, { chart: newer.chart, signal });
    // Draining pods answer until the ingress controller notices.
    await waitFor(
      'the new chart to answer',
      async () => {
        using backplane = backplaneOn(environment, target);
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
    const target = await newSite('no-broadcast');
    // Readiness requires a store (contract, "The backplane's surface") that the policy doesn't allow.
    const BROADCAST_REDIS_URL = environment.valkey.urlFromPods();
    const values = {
      broadcast: { enabled: false },
      config: { extraEnv: { BROADCAST_REDIS_URL } },
      networkPolicy: { enabled: false },
    };
    await install(environment, target, { values, signal });
    expect(await names(environment, target, deployments)).toEqual(['meho']);
    expect(await names(environment, target, services)).toEqual(['meho']);
  });

  test('the Ingress', async ({ environment, newSite, signal }) => {
    const target = await newSite('no-ingress');
    const values = { ingress: { enabled: false }, config: { backplaneUrl: `https://${target.host}` } };
    await applyRelease(environment, target, { values, signal });
    expect(await names(environment, target, ingresses)).toEqual([]);
    expect(await readyReplicas(environment, target, 'meho')).toBe(1);
  });

  test('the NetworkPolicies', async ({ environment, newSite, signal }) => {
    const target = await newSite('no-policy');
    await install(environment, target, { values: { networkPolicy: { enabled: false } }, signal });
    expect(await names(environment, target, networkPolicies)).toEqual([]);
  });
});

describe.concurrent('a release with', () => {
  test('what operators of real clusters set keeps the contract', async ({ environment, newSite, signal }) => {
    const target = await newSite('options');
    const { api } = environment;
    const { namespace } = target;
    const startedAtSeconds = Math.floor(Date.now() / 1000);
    await install(environment, target, { values: operatorsOptions, signal });

    const { metadata, spec } = await api.get(deployments, namespace, 'meho', { signal });
    expect(metadata?.labels).toMatchObject({ team: 'platform' });
    expect(spec).toMatchObject({ revisionHistoryLimit: 2, strategy: { type: 'Recreate' } });
    const { items } = await api.list(pods, { namespace, labels: 'team=platform' }, { signal });
    const byComponent = Object.fromEntries(
      items.map((pod) => [pod.metadata?.labels?.['app.kubernetes.io/component'], pod]),
    );
    // The migration's pod may still be going.
    expect(Object.keys(byComponent)).toEqual(expect.arrayContaining(['backplane', 'broadcast']));
    const pod = byComponent['backplane'];
    expect(pod?.metadata?.annotations).toMatchObject({ 'example.com/a': 'b' });
    expect(pod?.spec?.containers[0]).toMatchObject({ startupProbe: { failureThreshold: 60 } });
    expect(pod?.spec?.terminationGracePeriodSeconds).toBe(20);

    // What the pod itself sees.
    const seen = 'process.env.FROM_A_SECRET === process.env.DATABASE_URL && fs.statSync("/etc/extra").isDirectory()';
    const { stdout } = await runAsOperator(
      environment,
      target,
      `kubectl -n ${namespace} exec deployment/meho -- node -p '${seen}'`,
      signal,
    );
    expect(stdout.trim()).toBe('true');
    const oneMayGo = `--for=jsonpath={.status.disruptionsAllowed}=1 poddisruptionbudget/meho --timeout=50s`;
    await runAsOperator(environment, target, `kubectl -n ${namespace} wait ${oneMayGo}`, signal);

    const installed = await checkInstall(environment, { target, startedAtSeconds }, signal);
    using https = backplaneOn(environment, target);
    const smoked = await checkSmoke(
      environment,
      target,
      { https, token: await environment.openId.login('operator') },
      signal,
    );
    for (const { check, verdict } of [...installed, ...smoked]) {
      expect([check.id, verdict.outcome]).toEqual([check.id, 'holds']);
    }
  });
});

const linux = { 'kubernetes.io/os': 'linux' };
const dedicated = [{ key: 'dedicated', operator: 'Exists' }];

/** Off by default, all at once. */
const operatorsOptions = {
  commonLabels: { team: 'platform' },
  podAnnotations: { 'example.com/a': 'b' },
  revisionHistoryLimit: 2,
  strategy: { type: 'Recreate' },
  terminationGracePeriodSeconds: 20,
  probes: { startup: { periodSeconds: 1, failureThreshold: 60 } },
  podSecurityContext: { fsGroup: 1001 },
  nodeSelector: linux,
  tolerations: dedicated,
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/os', operator: 'In', values: ['linux'] }] }],
      },
    },
  },
  topologySpreadConstraints: [
    { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule' },
  ],
  podDisruptionBudget: { enabled: true },
  dnsConfig: { options: [{ name: 'ndots', value: '2' }] },
  extraEnv: [{ name: 'FROM_A_SECRET', valueFrom: { secretKeyRef: { name: 'meho-postgres', key: 'url' } } }],
  extraVolumes: [{ name: 'extra', emptyDir: { sizeLimit: '1Mi' } }],
  extraVolumeMounts: [{ name: 'extra', mountPath: '/etc/extra' }],
  resources: { limits: { 'ephemeral-storage': '1Gi' } },
  migrationJob: { resources: { limits: { memory: '512Mi' } }, podAnnotations: { 'example.com/a': 'c' } },
  service: { annotations: { 'example.com/a': 'b' } },
  broadcast: { commonLabels: { team: 'platform' }, nodeSelector: linux, tolerations: dedicated },
};

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

/** Helm's limit; `-broadcast` makes 63, a Service's limit. */
const longest = `r${'0123456789'.repeat(5)}-x`;

describe.concurrent('a release called', () => {
  test.for([
    { release: 'lab', fullname: 'lab-meho', why: 'without the chart’s name: gets it' },
    { release: 'acme-meho-lab', fullname: 'acme-meho-lab', why: 'with it: is folded' },
    { release: longest, fullname: `${longest}-meho`, why: '53 characters: every object has its name' },
  ])('$release, $why', async ({ release: name, fullname }, { environment, newSite, signal }) => {
    const target = await newSite('name');
    const release = releaseOn(environment, target).as({ release: name });
    await install(environment, target, { release, signal });
    expect(await readyReplicas(environment, target, fullname)).toBe(1);
    expect(await names(environment, target, services)).toEqual([fullname, `${name}-broadcast`].toSorted());
    expect(`${longest}-broadcast`).toHaveLength(63);
  });
});

async function podUids({ api }: Environment, { namespace }: InstallTarget): Promise<readonly (string | undefined)[]> {
  const { items } = await api.list(pods, { namespace, labels: 'app.kubernetes.io/component=backplane' });
  return items
    .filter(({ metadata }) => metadata?.deletionTimestamp === undefined)
    .map(({ metadata }) => metadata?.uid)
    .toSorted();
}

async function names(
  { api }: Environment,
  { namespace }: InstallTarget,
  resource: typeof deployments | typeof services | typeof ingresses | typeof networkPolicies,
): Promise<readonly (string | undefined)[]> {
  const { items } = await api.listMetadata(resource, { namespace });
  return items.map(({ metadata }) => metadata?.name).toSorted();
}

async function readyReplicas(
  { api }: Environment,
  { namespace }: InstallTarget,
  name: string,
): Promise<number | undefined> {
  return (await api.get(deployments, namespace, name)).status?.readyReplicas;
}
