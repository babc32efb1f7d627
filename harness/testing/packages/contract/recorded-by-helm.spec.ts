import { migrationJob } from '@meho/contract/checks/migration-job';
import { rolledBack } from '@meho/contract/checks/rolled-back';
import { besideJobs, expectedOf, readRecords } from '@meho/contract/testing/recorded-expectations';
import { run } from '@meho/core/process/run';
import { history } from '@meho/helm/history';
import { recordChart } from '@meho/helm/testing/record-chart';
import { Driver, RELEASE, scenarios } from '@meho/helm/testing/scenarios';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RealCluster, realCluster } from '../../real-cluster.ts';

/**
 * Uses PATH's helm. For another: `GOBIN=$PWD/old go install helm.sh/helm/v3/cmd/helm@v3.18.5` with `-ldflags '-X
 * helm.sh/helm/v3/internal/version.version=v3.18.5'`, then `PATH=$PWD/old:$PATH npx vitest run --project integration
 * harness/testing/packages/contract/recorded-by-helm.spec.ts`.
 */
let real: RealCluster;
let chart: Awaited<ReturnType<typeof recordChart>>;
let version: string;

beforeAll(async () => {
  [real, chart] = await Promise.all([realCluster(), recordChart()]);
  const { helm } = real.release('default', RELEASE).identity;
  version = (await run(helm, ['version', '--template', '{{.Version}}'], { timeoutMs: 30_000 })).stdout.trim();
}, 900_000);
afterAll(async () => {
  await chart?.[Symbol.asyncDispose]();
  await real?.[Symbol.asyncDispose]();
});

describe.concurrent('what is read of what this helm writes down', () => {
  test.for(Object.entries(scenarios))('%s', async ([name, drive], { expect, signal }) => {
    const { api, kubeconfigFile, agnhost } = real;
    const namespace = await real.namespace();
    const { helm } = real.release(namespace, RELEASE).identity;
    const stage = { api, helm, kubeconfigFile, chart: chart.folder, namespace, image: agnhost.reference };
    await drive(new Driver(stage));
    const expected = expectedOf(name, version);
    expect(readRecords(await history(api, namespace, RELEASE, { signal }))).toEqual(expected);
    const subject = { namespace, release: RELEASE };
    const given = { cluster: { api, ...subject, rolloutDeadlineMs: 0 } };
    expect((await rolledBack(subject).run(given, signal)).outcome).toBe(expected.rollback);
    expect((await migrationJob(subject).run(given, signal)).outcome).toBe(besideJobs(name));
  });
});

test('a release that helm knows nothing of is told as that', async () => {
  const namespace = await real.namespace();
  const subject = { namespace, release: RELEASE };
  const given = { cluster: { api: real.api, ...subject, rolloutDeadlineMs: 0 } };
  const verdict = await migrationJob(subject).run(given, new AbortController().signal);
  expect(verdict).toMatchObject({ outcome: 'violated', observed: expect.stringMatching(/^no Helm release meho/) });
});
