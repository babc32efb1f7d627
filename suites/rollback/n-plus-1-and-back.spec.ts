import {
  type AuditRow,
  applyRelease,
  backplaneOn,
  checkIds,
  checkSmoke,
  describe,
  drillValues,
  type Environment,
  expect,
  holds,
  type InstallTarget,
  imageValues,
  installToFailure,
  notYet,
  releaseOn,
  rowsOf,
  runRollbackVerify,
  schemaDump,
  startLoadOn,
  test,
  waitFor,
  waitForOnlyBuild,
  waitForPending,
  whyNoNextImage,
} from '@meho/harness/test';
import { history } from '@meho/helm/history';
import { deployments } from '@meho/kube/api/resource';
import { backplaneDeployment, expectWorkingN } from './working-n.ts';

/** Defaults of N+1's columns (contract, rollback-verify). */
const added = { payload_summary: 'reserved_for_v0.2', payload_summary_jsonb: {} };
const timeoutMs = 60_000;

test.beforeEach(({ environment, skip }) => {
  const why = whyNoNextImage(environment);
  skip(why !== undefined, why);
});

describe('N, N+1 and back', () => {
  test('lets every row of N and of N+1 survive with its values, and the new columns with their defaults', async ({
    drill,
  }) => {
    const { n, next, back } = drill.stages;
    const now = async ({ asked }: typeof n) =>
      rowsOf(
        drill.target,
        asked.map(({ requestId }) => requestId),
      );
    for (const { asked, rows } of [n, next, back]) {
      expect(rows.map(valuesAsked)).toEqual(asked.map(valuesAsked));
    }
    expect(n.rows.some((row) => 'payload_summary' in row)).toBe(false);
    expect(await now(n)).toEqual(n.rows.map((row) => ({ ...row, ...added })));
    expect(next.rows.map((row) => ({ ...row, ...added }))).toEqual(next.rows);
    expect(await now(next)).toEqual(next.rows);
    expect(back.rows.map((row) => ({ ...row, ...added }))).toEqual(back.rows);
  });

  test('adds exactly the columns of N+1 on the way up, and touches nothing of the schema on the way back', ({
    drill,
  }) => {
    const { n, next, back } = drill.stages;
    expect(n.schema.filter((line) => !next.schema.includes(line))).toEqual([expect.stringMatching(/^revision 0002_/)]);
    expect(next.schema.filter((line) => !n.schema.includes(line))).toEqual([
      expect.stringMatching(/^column audit_log\.\d+ payload_summary text default 'reserved_for_v0\.2'::text$/),
      expect.stringMatching(/^column audit_log\.\d+ payload_summary_jsonb jsonb default '\{\}'::jsonb$/),
      expect.stringMatching(/^revision 0003_/),
    ]);
    expect(back.schema).toEqual(next.schema);
  });

  test('loses no request, and each that was answered has its row, once', async ({ drill }) => {
    const { upgrade, rollback } = drill.load;
    expect({ upgrade: upgrade.failures, rollback: rollback.failures }).toEqual({ upgrade: [], rollback: [] });
    const answered = [...upgrade.answered, ...rollback.answered];
    // A stalled load would lose nothing either.
    expect(Math.max(upgrade.longestGapMs, rollback.longestGapMs)).toBeLessThan(10_000);
    expect(answered.length).toBeGreaterThan(100);
    const rows = await rowsOf(drill.target, answered);
    expect(rows.map(({ request_id }) => request_id).toSorted()).toEqual(answered.toSorted());
  });

  test('ends with an N that serves the whole federation chain on the schema of N+1', async ({
    drill,
    environment,
    signal,
  }) => {
    using https = backplaneOn(environment, drill.target);
    const token = await environment.openId.token('operator', { kind: 'sound' });
    const results = await checkSmoke(environment, drill.target, { https, token }, signal);
    expect(results.filter(({ verdict }) => verdict.outcome !== 'holds')).toEqual([]);
  });

  test('is what Helm’s history says', async ({ drill, environment, signal }) => {
    const revisions = await history(environment.api, drill.target.namespace, environment.request.subject.release, {
      signal,
    });
    expect(revisions.map(({ status, description }) => `${status}: ${description}`)).toEqual([
      'superseded: Install complete',
      'superseded: Upgrade complete',
      'deployed: Rollback to 1',
    ]);
  });

  test('is what rollback-verify says as well: exit code 0, a line a check', async ({ drill, environment }) => {
    const { exitCode, stdout, stderr } = await runRollbackVerify(environment, drill.target, Object.keys(added));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.split('\n').filter((line) => line.startsWith('[ok]'))).toHaveLength(
      checkIds('rollback-verify').length,
    );
    expect(stdout).not.toMatch(/^\[note\]/m);
  });
});

describe('from there', () => {
  test('the rollback is rolled back, to N+1, and that once more, to N', async ({ drill, environment, signal }) => {
    const { target, next, stages } = drill;
    const release = releaseOn(environment, target);
    await release.rollback({ timeoutMs, signal });
    await waitForOnlyBuild(environment, target, next.gitSha, signal);
    await release.rollback({ timeoutMs, signal });
    await expectWorkingN(environment, target, 3, signal);
    expect(await schemaDump(target.database)).toEqual(stages.next.schema);
  });

  test('it goes forward again; a second upgrade meanwhile is refused, and does no harm to the first', async ({
    drill,
    environment,
    signal,
  }) => {
    const { target, next, stages } = drill;
    const values = { ...drillValues, ...imageValues(next) };
    const rowsBefore = await countRows(target);
    const first = applyRelease(environment, target, { values, signal });
    const refused = waitForPending(environment, target, 'pending-upgrade', signal).then(() =>
      installToFailure(environment, target, { values, signal }),
    );
    const [second] = await Promise.all([refused, first]);
    expect(second.causes[0]).toMatchObject({
      id: 'release-pending',
      object: `Release ${environment.request.subject.release}`,
      observed: expect.stringMatching(/^revision 6 is pending-upgrade since /),
      next: expect.stringMatching(/^wait for the other helm; /),
    });
    await waitForOnlyBuild(environment, target, next.gitSha, signal);
    expect(await lastRevision(environment, target, signal)).toMatchObject({
      revision: 6,
      status: 'deployed',
      description: 'Upgrade complete',
    });
    expect(await schemaDump(target.database)).toEqual(stages.next.schema);
    expect(await countRows(target)).toBeGreaterThanOrEqual(rowsBefore);
  });

  test('a release without a pod does lose requests, and the same load says so', async ({
    drill,
    environment,
    signal,
  }) => {
    const { api } = environment;
    const { namespace } = drill.target;
    const name = await backplaneDeployment(environment, drill.target, signal);
    const scale = (replicas: number) => api.patch(deployments, namespace, name, { spec: { replicas } }, { signal });
    await using load = await startLoadOn(environment, drill.target, 'away');
    await scale(0);
    const answer = async () => {
      using backplane = backplaneOn(environment, drill.target);
      const reply = await backplane.getAfresh('/healthz', signal);
      return reply.kind === 'answer' ? reply.status : reply.error.observed;
    };
    const until = (what: string, wanted: (seen: string | number) => boolean) =>
      waitFor(
        what,
        async () => {
          const seen = await answer();
          return wanted(seen) ? holds(undefined) : notYet(String(seen));
        },
        { deadlineMs: timeoutMs, intervalMs: 200, signal },
      );
    await until('nobody to answer', (seen) => seen !== 200);
    await scale(drillValues.replicaCount);
    await until('somebody to answer again', (seen) => seen === 200);
    const away = (await load.stop()).get('away');
    expect(away?.failures.length).toBeGreaterThan(0);
    expect(away?.failures.map(({ why }) => why).join('\n')).toMatch(/^50[234]\b/m);
    expect(away?.longestGapMs).toBeGreaterThan(500);
  });
});

/** Columns determined by the request. */
function valuesAsked(row: AuditRow | { requestId: string; sub: string; path: string; status: number }) {
  return 'requestId' in row
    ? { id: row.requestId, sub: row.sub, path: row.path, status: row.status }
    : { id: row['request_id'], sub: row['operator_sub'], path: row['path'], status: row['status_code'] };
}

async function countRows({ database }: InstallTarget): Promise<number> {
  const [counted] = await database.query<{ rows: number }>('SELECT count(*)::int AS rows FROM audit_log');
  return counted?.rows ?? 0;
}

async function lastRevision({ api, request }: Environment, { namespace }: InstallTarget, signal: AbortSignal) {
  return (await history(api, namespace, request.subject.release, { signal })).at(-1);
}
