import { type ServedNamespace, serveNamespace } from '@meho/helm/testing/record-server';
import { documentOf, hookTimes, MIGRATION_JOB, type RevisionSpec, storeRecord } from '@meho/helm/testing/records';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { migrationJob } from './migration-job.ts';
import { rolledBack } from './rolled-back.ts';

const subject = { namespace: 'meho', release: 'meho' };
const signal = AbortSignal.timeout(60_000);
const recordsOf = (...told: readonly RevisionSpec[]) => told.map((each) => storeRecord(documentOf(each)));

async function look(served: ServedNamespace) {
  await using namespace = await serveNamespace(served);
  const cluster = { api: namespace.api, ...subject, rolloutDeadlineMs: 0 };
  const migration = await migrationJob(subject).run({ cluster }, signal);
  return { migration, rollback: await rolledBack(subject).run({ cluster }, signal) };
}

test('a release that was applied without helm is told as that', async () => {
  const { migration, rollback } = await look({ deployments: [{ metadata: { name: 'meho' } }] });
  for (const verdict of [migration, rollback]) {
    expect(verdict).toMatchObject({
      outcome: 'unknown',
      observed: expect.stringMatching(/^Deployment meho is there, but no Helm release meho in the Secrets .*Argo CD/),
    });
  }
});

test('a release that is not there at all is another matter', async () => {
  const { migration, rollback } = await look({});
  for (const verdict of [migration, rollback]) {
    expect(verdict).toMatchObject({
      outcome: 'violated',
      observed: expect.stringMatching(/^no Helm release meho .*no Deployment$/),
    });
  }
});

const inConfigMaps = (...told: readonly RevisionSpec[]) =>
  told.map((each) => storeRecord(documentOf(each), 'ConfigMap'));
const n: RevisionSpec = { revision: 1, status: 'superseded' };
const next: RevisionSpec = { revision: 2, status: 'superseded', content: 'N+1' };
const back: RevisionSpec = { revision: 3, status: 'deployed', run: 1, rollbackRevision: 1 };

test('a release whose records another HELM_DRIVER keeps was not applied without helm', async () => {
  const records = inConfigMaps(n, next, back);
  const { migration, rollback } = await look({ records, deployments: [{ metadata: { name: 'meho' } }] });
  for (const verdict of [migration, rollback]) {
    expect(verdict).toMatchObject({
      outcome: 'unknown',
      observed: expect.stringMatching(/no Helm release meho in the Secrets .*records of it in ConfigMaps/),
      hint: expect.stringMatching(/export HELM_DRIVER=configmap$/),
    });
  }
});

describe('where two drivers keep records of a release', () => {
  const older = recordsOf(n, next, back);
  const newer = inConfigMaps({ ...next, revision: 4, status: 'deployed' });
  afterEach(() => vi.unstubAllEnvs());

  test('without HELM_DRIVER older ones are not believed', async () => {
    expect((await look({ records: [...older, ...newer] })).rollback).toMatchObject({
      outcome: 'unknown',
      observed: expect.stringContaining('those in ConfigMaps are newer than revision 3'),
      hint: expect.stringContaining('export HELM_DRIVER=configmap (or secret)'),
    });
  });

  test('what is left of the other driver from before is no matter', async () => {
    expect((await look({ records: [...older, ...inConfigMaps(n)] })).rollback.outcome).toBe('holds');
  });

  test.each([
    ['secret', 'holds'],
    ['configmap', 'violated'],
  ])('HELM_DRIVER=%s decides, as for helm', async (driver, outcome) => {
    vi.stubEnv('HELM_DRIVER', driver);
    expect((await look({ records: [...older, ...newer] })).rollback.outcome).toBe(outcome);
  });

  test('an identity that may not look there is judged by what it may read', async () => {
    await using namespace = await serveNamespace({ records: [...older, ...newer] }, (request, response) => {
      const isRefused = request.url?.includes('/configmaps') === true;
      if (isRefused) {
        response.writeHead(403, { 'content-type': 'application/json' }).end('{"kind":"Status","code":403}');
      }
      return isRefused;
    });
    const cluster = { api: namespace.api, ...subject, rolloutDeadlineMs: 0 };
    expect((await rolledBack(subject).run({ cluster }, signal)).outcome).toBe('holds');
  });
});

test('a record that contradicts itself is believed in neither', async () => {
  const [first, second] = recordsOf({ revision: 1, status: 'superseded' }, { revision: 2, status: 'deployed' });
  const labels = { ...second?.metadata?.labels, status: 'failed' };
  const changed = second && { ...second, metadata: { ...second.metadata, labels } };
  const { migration, rollback } = await look({ records: [...(first ? [first] : []), ...(changed ? [changed] : [])] });
  for (const verdict of [migration, rollback]) {
    expect(verdict).toMatchObject({
      outcome: 'unknown',
      observed: expect.stringContaining('status is failed by its label'),
    });
  }
});

test('a rollback: clocks that differ are seen through by the record of the run, which is an earlier one', async () => {
  const records = recordsOf(
    { revision: 1, status: 'superseded' },
    { revision: 2, status: 'superseded', content: 'N+1', run: 'never' },
    { revision: 3, status: 'deployed', run: 1 },
  );
  const job = (creationTimestamp: string) => ({
    metadata: { name: MIGRATION_JOB, creationTimestamp },
    status: { succeeded: 1, conditions: [{ type: 'Complete', status: 'True' }] },
  });
  // By Helm's clock five seconds after the record, by the API server's one.
  expect(hookTimes(1).started_at).toContain('01:00:05');
  expect((await look({ records, jobs: [job('2026-11-30T01:00:01Z')] })).migration.outcome).toBe('holds');
  expect((await look({ records, jobs: [job('2026-11-30T00:59:59Z')] })).migration.outcome).toBe('violated');
});

const longAgo: readonly RevisionSpec[] = Array.from({ length: 20 }, (_, index) => ({
  ...{ revision: index + 1, status: 'superseded', content: String(index) },
}));
const unreadable = (records: ReturnType<typeof recordsOf>) =>
  records.map((record, index) => (index === 3 ? { ...record, data: { release: 'none' } } : record));

test('a rollback that Helm wrote down is judged by the newest record alone, however long the history', async () => {
  const back: RevisionSpec = { revision: 21, status: 'deployed', content: '0', run: 1, rollbackRevision: 1 };
  const records = unreadable(recordsOf(...longAgo, back));
  await using namespace = await serveNamespace({ records });
  const cluster = { api: namespace.api, ...subject, rolloutDeadlineMs: 0 };
  expect(await rolledBack(subject).run({ cluster }, signal)).toMatchObject({
    outcome: 'holds',
    observed: 'revision 21 is deployed, rolled back to revision 1, as Helm wrote down',
  });
  // The labels of all, then the newest one, then whether another driver has any.
  expect(namespace.asked).toEqual(['secrets', 'secrets', 'configmaps']);
});

test.each<[string, RevisionSpec, object]>([
  ['red for the only one left', { revision: 21, status: 'deployed', rollbackRevision: 1 }, { outcome: 'violated' }],
  [
    'red for a later revision',
    { revision: 21, status: 'deployed', rollbackRevision: 22 },
    { outcome: 'violated', observed: expect.stringContaining("it went back to revision 22, which can't be before it") },
  ],
  ['red for one that failed', { revision: 21, status: 'failed', rollbackRevision: 1 }, { outcome: 'violated' }],
])('what Helm wrote down alone is not enough: %s', async (title, last, verdict) => {
  const { rollback } = await look({ records: recordsOf(...(title.endsWith('left') ? [] : longAgo), last) });
  expect(rollback).toMatchObject(verdict);
});

test('a rollback of an older Helm is judged by the whole history, one record at a time', async () => {
  const back: RevisionSpec = { revision: 21, status: 'deployed', content: '0', run: 1 };
  const records = recordsOf(...longAgo, back);
  expect((await look({ records })).rollback).toMatchObject({
    outcome: 'holds',
    observed: expect.stringContaining('rolled back to revision 1, as a copy of it'),
  });
  expect((await look({ records: unreadable(records) })).rollback).toMatchObject({
    outcome: 'unknown',
    observed: expect.stringContaining("v4 holds a release that can't be read"),
  });
});
