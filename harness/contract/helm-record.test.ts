import { expect, test } from 'vitest';
import { type ServedNamespace, serveNamespace } from '../helm/testing/record-server.ts';
import { documentOf, MIGRATION_JOB, ranAt, stored, type Told } from '../helm/testing/records.ts';
import { migrationJob } from './checks/migration-job.ts';
import { rolledBack } from './checks/rolled-back.ts';

const subject = { namespace: 'meho', release: 'meho' };
const signal = AbortSignal.timeout(10_000);
const recordsOf = (...told: readonly Told[]) => told.map((each) => stored(documentOf(each)));

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
  // Helm's clock has it five seconds after the record; the API server made the Job after one.
  expect(ranAt(1).started_at).toContain('01:00:05');
  expect((await look({ records, jobs: [job('2026-11-30T01:00:01Z')] })).migration.outcome).toBe('holds');
  expect((await look({ records, jobs: [job('2026-11-30T00:59:59Z')] })).migration.outcome).toBe('violated');
});
