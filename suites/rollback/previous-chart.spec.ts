import path from 'node:path';
import {
  applyRelease,
  backplaneOn,
  describe,
  type Environment,
  expect,
  type InstallTarget,
  imageValues,
  install,
  installToFailure,
  needs,
  nextImage,
  ownChart,
  releaseOn,
  rowsOf,
  runAsOperator,
  schemaDump,
  sendAuthenticated,
  test,
  waitForOnlyBuild,
  whyNoNextImage,
} from '@meho/harness/test';
import { latestRevision } from '@meho/helm/history';
import { jobs, pods } from '@meho/kube/api/resource';

needs('our chart');

test.beforeEach(({ environment, skip }) => {
  const why = whyNoNextImage(environment);
  skip(why !== undefined, why);
});

const published = (name: string) => path.join(ownChart, '..', 'testing', 'published', name);
/** Packed on 2026-11-30; its selectors have no component. */
const ofOtherSelector = published('meho-chart-0.0.9.tgz');
const timeoutMs = 60_000;
const orphan = (namespace: string) => `kubectl -n ${namespace} delete deployment meho --cascade=orphan`;
const oldPods = 'app.kubernetes.io/instance=meho,app.kubernetes.io/name=meho,!app.kubernetes.io/component';

describe('an upgrade from a published chart of another selector', () => {
  test('is refused before its migration runs; the README’s replace brings it, and back, with every row', async ({
    environment,
    newSite,
    signal,
  }) => {
    const target = await newSite('previous');
    const { api } = environment;
    const { namespace } = target;
    const next = await nextImage(environment);
    await install(environment, target, { chart: ofOtherSelector, signal });
    const asked = await requestsOn(environment, target, signal);
    const [rows, schema, running] = [
      await asked(),
      await schemaDump(target.database),
      await podNames(environment, target),
    ];

    const values = imageValues(next);
    const refused = await installToFailure(environment, target, { values, signal });
    expect(String(refused.error)).toMatch(/Deployment meho selects its pods by .*Nothing was changed/s);
    expect(String(refused.error)).toContain(orphan(namespace));
    expect(await schemaDump(target.database)).toEqual(schema);
    expect((await api.list(jobs, { namespace }, { signal })).items).toEqual([]);
    expect(await podNames(environment, target)).toEqual(running);
    expect((await latestRevision(api, namespace, 'meho', { signal }))?.revision.revision).toBe(1);

    await runAsOperator(environment, target, orphan(namespace), signal);
    using backplane = backplaneOn(environment, target);
    expect(await backplane.get('/healthz', signal)).toMatchObject({ status: 200 });
    await applyRelease(environment, target, { values, signal });
    await runAsOperator(environment, target, `kubectl -n ${namespace} delete replicaset -l '${oldPods}'`, signal);
    await waitForOnlyBuild(environment, target, next.gitSha, signal);
    expect(await podNames(environment, target)).not.toEqual(expect.arrayContaining([...running]));
    const underNext = await requestsOn(environment, target, signal);
    expect(await asked()).toMatchObject([...rows]);

    await runAsOperator(environment, target, orphan(namespace), signal);
    await releaseOn(environment, target).rollback({ revision: 1, timeoutMs, signal });
    await waitForOnlyBuild(environment, target, environment.judged.gitSha, signal);
    expect(await asked()).toMatchObject([...rows]);
    expect(await underNext()).toHaveLength(3);
    expect(await (await requestsOn(environment, target, signal))()).toHaveLength(3);
  });
});

/** Makes requests, each of which leaves a row. @returns what reads these rows again */
async function requestsOn(environment: Environment, target: InstallTarget, signal: AbortSignal) {
  const asked = await sendAuthenticated(environment, target, signal);
  const rows = () =>
    rowsOf(
      target,
      asked.map(({ requestId }) => requestId),
    );
  expect(await rows()).toHaveLength(asked.length);
  return rows;
}

async function podNames({ api }: Environment, { namespace }: InstallTarget): Promise<readonly (string | undefined)[]> {
  const { items } = await api.list(pods, { namespace, labels: 'app.kubernetes.io/name=meho' });
  return items
    .filter(({ metadata }) => metadata?.deletionTimestamp === undefined)
    .map(({ metadata }) => metadata?.name)
    .toSorted();
}
