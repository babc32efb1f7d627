import {
  applyRelease,
  type Beside,
  backplaneOn,
  checkInstall,
  checkSmoke,
  describe,
  expect,
  holds,
  installToFailure,
  type Neighbours,
  needs,
  notYet,
  type Result,
  releaseOn,
  rowsOf,
  runNetworkPolicy,
  runReap,
  runRollbackVerify,
  sendAuthenticated,
  test,
  waitFor,
  waitForOnlyBuild,
} from '@meho/harness/test';
import { latestRevision } from '@meho/helm/history';
import { selectorOf } from '@meho/helm/subject';
import {
  configMaps,
  deployments,
  ingresses,
  jobs,
  networkPolicies,
  serviceAccounts,
  services,
} from '@meho/kube/api/resource';

needs('our chart');

const timeoutMs = 60_000;
const policyTimeoutMs = 240_000;

type Act = (victim: Beside, neighbour: Beside, signal: AbortSignal) => Promise<unknown>;

interface Fault {
  readonly title: string;
  readonly install: readonly string[];
  readonly smoke: readonly string[];
  readonly breakIt: Act;
  readonly mend: Act;
}

const faults: readonly Fault[] = [
  {
    title: 'is scaled to 0',
    install: ['deployment-available'],
    smoke: ['operator-status'],
    breakIt: (victim, _, signal) => scale(victim, 0, signal),
    mend: (victim, _, signal) => scale(victim, 1, signal),
  },
  {
    title: 'has a migration Job that isn’t finished',
    install: ['migration-job'],
    smoke: ['migration-job'],
    breakIt: (victim) => {
      const { environment, target } = victim;
      const { api, judged } = environment;
      const pairs = selectorOf({ namespace: target.namespace, release: releaseName(victim) }, 'migrate').split(',');
      const labels = Object.fromEntries(pairs.map((pair) => pair.split('=')));
      const image = `${judged.repository}:${judged.tag}`;
      // Suspended, it is judged at once, and no pod of it runs.
      const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'migrate', image }] } };
      const spec = { suspend: true, template };
      return api.create(jobs, target.namespace, { metadata: { name: unfinished, labels }, spec });
    },
    mend: ({ environment, target }) => environment.api.delete(jobs, target.namespace, unfinished),
  },
  {
    title: 'has an Ingress that leads to the other’s Service, whose build is the same',
    install: ['version', 'audit-row'],
    smoke: ['audit-row'],
    breakIt: (victim, neighbour, signal) => lead(victim, neighbour, signal),
    mend: (victim, _, signal) => lead(victim, victim, signal),
  },
];
const unfinished = 'unfinished-migrate';

async function scale(victim: Beside, replicas: number, signal: AbortSignal): Promise<void> {
  const { environment, target } = victim;
  const name = await nameOf(victim, deployments);
  await environment.api.patch(deployments, target.namespace, name, { spec: { replicas } }, { signal });
  await waitForAnswer(victim, replicas > 0, signal);
}

/** Sends what is asked of one host to the Service of that release or of its neighbour. */
async function lead(victim: Beside, to: Beside, signal: AbortSignal): Promise<void> {
  const { environment, target } = victim;
  const { api } = environment;
  const [ingress, service] = await Promise.all([nameOf(victim, ingresses), nameOf(to, services)]);
  const { spec } = await api.get(ingresses, target.namespace, ingress, { signal });
  const rules = JSON.stringify(spec?.rules).replaceAll(/"service":\{"name":"[^"]+"/g, `"service":{"name":"${service}"`);
  await api.patch(ingresses, target.namespace, ingress, { spec: { rules: JSON.parse(rules) } }, { signal });
  await waitForRowIn(victim, to, signal);
}

/** Besides `first`, one is in its namespace under another name, and one has its name in another namespace. */
describe('three releases on one cluster, with one Vault', () => {
  test('hold the contract, each for itself', async ({ neighbours, signal }) => {
    expect(await seen(neighbours, signal)).toEqual({ first: none, beside: none, elsewhere: none });
  });

  // Before the faults, since Helm doesn't upgrade what was scaled by hand.
  test('when beside is rolled back, and then first, rollback-verify says it of each in its turn', async ({
    neighbours,
    signal,
  }) => {
    const { first, beside, elsewhere } = neighbours;
    const red = async () =>
      Object.fromEntries(
        await Promise.all(
          Object.entries({ first, beside, elsewhere }).map(async ([name, each]) => {
            const { stderr } = await runRollbackVerify(each.environment, each.target, ['payload']);
            return [name, stderr.match(/^\[FAIL\] .*?(?=[:;])/gm) ?? []] as const;
          }),
        ),
      );
    const notBack = [expect.stringMatching(/^\[FAIL\] Helm rolled the release back/)];
    await rollBack(beside, signal);
    expect(await red()).toEqual({ first: notBack, beside: [], elsewhere: notBack });
    await rollBack(first, signal);
    expect(await red()).toEqual({ first: [], beside: [], elsewhere: notBack });
  });

  test.for(faults.flatMap((fault) => (['first', 'beside'] as const).map((victim) => ({ victim, ...fault }))))(
    'when $victim $title, it is red alone',
    async ({ victim, install, smoke, breakIt, mend }, { neighbours, signal }) => {
      const other = victim === 'first' ? neighbours.beside : neighbours.first;
      try {
        await breakIt(neighbours[victim], other, signal);
        const red = { first: none, beside: none, elsewhere: none, [victim]: { install, smoke } };
        expect(await seen(neighbours, signal)).toEqual(red);
      } finally {
        await mend(neighbours[victim], other, signal);
      }
    },
  );

  test.for(['first', 'beside'] as const)(
    'when %s loses its policies, network-policy is red for it alone',
    {
      timeout: policyTimeoutMs,
    },
    async (victim, { neighbours, signal }) => {
      const { environment, target } = neighbours[victim];
      const { api } = environment;
      const { namespace } = target;
      const labels = `app.kubernetes.io/instance=${releaseName(neighbours[victim])}`;
      const { items } = await api.list(networkPolicies, { namespace, labels }, { signal });
      expect(items).toHaveLength(2);
      await Promise.all(items.map(({ metadata }) => api.delete(networkPolicies, namespace, metadata?.name ?? '')));
      try {
        const [first, beside] = await Promise.all([red(neighbours.first), red(neighbours.beside)]);
        const open = ['policy-matrix', 'policy-broadcast', 'policy-dns'];
        const verdicts = { first: [], beside: [], [victim]: expect.arrayContaining(open.slice(0, 2)) };
        expect({ first, beside }).toEqual(verdicts);
      } finally {
        for (const { metadata, spec } of items) {
          const { name, labels: own, annotations } = metadata ?? {};
          const marks = { ...(own && { labels: own }), ...(annotations && { annotations }) };
          await api.create(networkPolicies, namespace, {
            metadata: { ...(name && { name }), ...marks },
            ...(spec && { spec }),
          });
        }
      }
    },
  );

  test('are nothing that pr-smoke’s reap would remove', async ({ neighbours }) => {
    const { environment, target } = neighbours.first;
    const { exitCode, stdout, stderr } = await runReap(environment, ['--dry-run', '--older-than=0s']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).not.toContain(target.namespace);
    expect(stdout).not.toContain(neighbours.elsewhere.target.namespace);
  });
});

describe('a release whose objects would have the names of another’s', () => {
  test('is refused before the other is touched: by Helm as their owner, by the chart for the hooks’', async ({
    neighbours,
    signal,
  }) => {
    const { first, beside } = neighbours;
    const fullname = await nameOf(first, deployments);
    const before = await stateOf(first, signal);
    const third = { ...beside, release: 'meho-c' };
    const values = { fullnameOverride: fullname };
    expect(await refusalOf(third, values, signal)).toMatch(/invalid ownership metadata/);
    const migration = { fullnameOverride: `${fullname}-migrate` };
    expect(await refusalOf(third, migration, signal)).toContain(`is release ${releaseName(first)}'s`);
    expect(await stateOf(first, signal)).toEqual(before);
    expect(await stateOf(third, signal)).toMatchObject({ revision: undefined });
  });
});

interface Verdicts {
  readonly install: readonly string[];
  readonly smoke: readonly string[];
}

const none: Verdicts = { install: [], smoke: [] };

async function seen(neighbours: Neighbours, signal: AbortSignal): Promise<Readonly<Record<string, Verdicts>>> {
  const each = Object.entries(neighbours).map(async ([name, { environment, target }]) => {
    const startedAtSeconds = Math.floor(Date.now() / 1000);
    const install = await checkInstall(environment, { target, startedAtSeconds }, signal);
    using https = backplaneOn(environment, target);
    const token = await environment.openId.login('operator');
    const smoke = await checkSmoke(environment, target, { https, token }, signal);
    return [name, { install: redIn(install), smoke: redIn(smoke) }] as const;
  });
  return Object.fromEntries(await Promise.all(each));
}

function redIn(results: readonly Result[]): readonly string[] {
  return results
    .filter(({ verdict }) => verdict.outcome === 'violated' || verdict.outcome === 'unknown')
    .map(({ check }) => check.id);
}

async function red({ environment, target: { namespace } }: Beside): Promise<readonly string[]> {
  const topology = { namespace, release: environment.request.subject.release, hosts: [] };
  const { document } = await runNetworkPolicy(environment, { topology });
  return document.checks.filter(({ status }) => status !== 'ok').map(({ id }) => id);
}

/** An upgrade that changes a setting alone, and back. */
async function rollBack({ environment, target }: Beside, signal: AbortSignal): Promise<void> {
  await applyRelease(environment, target, { values: { config: { databasePoolSize: 5 } }, signal });
  await releaseOn(environment, target).rollback({ timeoutMs, signal });
  await waitForOnlyBuild(environment, target, environment.judged.gitSha, signal);
}

interface Third extends Beside {
  readonly release: string;
}

async function refusalOf(
  { environment, target, release: name }: Third,
  values: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<string> {
  const release = releaseOn(environment, target, name);
  return String((await installToFailure(environment, target, { release, values, signal })).error);
}

async function stateOf(
  { environment, target, ...which }: Beside & { readonly release?: string },
  signal: AbortSignal,
): Promise<unknown> {
  const { api } = environment;
  const { namespace } = target;
  const release = which.release ?? environment.request.subject.release;
  const labels = `app.kubernetes.io/instance=${release}`;
  const lists = await Promise.all(
    [configMaps, serviceAccounts, networkPolicies, services, deployments, jobs].map((resource) =>
      api.listMetadata(resource, { namespace, labels }, { signal }),
    ),
  );
  const objects = lists.flatMap(({ items }) => items.map(({ metadata }) => `${metadata?.uid}`));
  return { objects, revision: (await latestRevision(api, namespace, release, { signal }))?.revision.revision };
}

async function nameOf(
  { environment, target: { namespace } }: Beside,
  resource: typeof deployments | typeof services | typeof ingresses,
): Promise<string> {
  const labels = selectorOf({ namespace, release: environment.request.subject.release });
  const { items } = await environment.api.listMetadata(resource, { namespace, labels });
  const name = items[0]?.metadata?.name;
  expect(name).toBeDefined();
  return name ?? '';
}

function releaseName({ environment }: Beside): string {
  return environment.request.subject.release;
}

function waitForAnswer({ environment, target }: Beside, isUp: boolean, signal: AbortSignal): Promise<void> {
  return waitFor(
    `${target.host} to be ${isUp ? 'served' : 'served by nobody'}`,
    async () => {
      using backplane = backplaneOn(environment, target);
      const reply = await backplane.getAfresh('/healthz', signal);
      const answered = reply.kind === 'answer' ? reply.status : reply.error.observed;
      return (answered === 200) === isUp ? holds(undefined) : notYet(String(answered));
    },
    { deadlineMs: timeoutMs, intervalMs: 200, signal },
  );
}

/** Until requests to the host of one leave their rows in the database of the other. */
function waitForRowIn({ environment, target }: Beside, whose: Beside, signal: AbortSignal): Promise<void> {
  return waitFor(
    `requests to ${target.host} to leave rows with ${releaseName(whose)}`,
    async () => {
      const asked = await sendAuthenticated(environment, target, signal);
      const rows = await rowsOf(
        whose.target,
        asked.map(({ requestId }) => requestId),
      );
      return rows.length === asked.length ? holds(undefined) : notYet(`${rows.length} of ${asked.length} rows`);
    },
    { deadlineMs: timeoutMs, intervalMs: 200, signal },
  );
}
