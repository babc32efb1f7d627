import { history } from '../../harness/helm/history.ts';
import { deployments } from '../../harness/kube/resource.ts';
import {
  type AuditRow,
  backplaneOn,
  checkSmoke,
  describe,
  drillValues,
  drive,
  type Environment,
  expect,
  holds,
  imageValues,
  installToFailure,
  loadOn,
  noNextImage,
  notYet,
  onlyAnswers,
  releaseOn,
  rowsOf,
  runRollbackVerify,
  type Site,
  schemaDump,
  test,
  untilPending,
  waitFor,
} from '../../harness/test.ts';
import { expectWorkingN } from './working-n.ts';

/** What N+1 adds, and what the server makes of it in rows that say nothing (contract, rollback-verify). */
const added = { payload_summary: 'reserved_for_v0.2', payload_summary_jsonb: {} };
const timeoutMs = 60_000;

test.beforeEach(({ environment, skip }) => {
  const why = noNextImage(environment);
  skip(why !== undefined, why);
});

describe('N, N+1 and back', () => {
  test('lets every row of N and of N+1 survive with its values, and the new columns with their defaults', async ({
    drill,
  }) => {
    const { n, next, back } = drill.stages;
    const now = async ({ asked }: typeof n) =>
      rowsOf(
        drill.site,
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
    // A load that came to a standstill would have lost nothing either.
    expect(Math.max(upgrade.longestGapMs, rollback.longestGapMs)).toBeLessThan(10_000);
    expect(answered.length).toBeGreaterThan(100);
    const rows = await rowsOf(drill.site, answered);
    expect(rows.map(({ request_id }) => request_id).toSorted()).toEqual(answered.toSorted());
  });

  test('ends with an N that serves the whole federation chain on the schema of N+1', async ({
    drill,
    environment,
    signal,
  }) => {
    using https = backplaneOn(environment, drill.site);
    const token = await environment.openId.token('operator', { kind: 'sound' });
    const results = await checkSmoke(environment, drill.site, { https, token }, signal);
    expect(results.filter(({ verdict }) => verdict.outcome !== 'holds')).toEqual([]);
  });

  test('is what Helm’s history says', async ({ drill, environment, signal }) => {
    const revisions = await history(environment.api, drill.site.namespace, environment.request.subject.release, {
      signal,
    });
    expect(revisions.map(({ status, description }) => `${status}: ${description}`)).toEqual([
      'superseded: Install complete',
      'superseded: Upgrade complete',
      'deployed: Rollback to 1',
    ]);
  });

  test('is what rollback-verify says as well: exit code 0, a line a check', async ({ drill, environment }) => {
    const { exitCode, stdout, stderr } = await runRollbackVerify(environment, drill.site, Object.keys(added));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.split('\n').filter((line) => line.startsWith('[ok]'))).toHaveLength(6);
    expect(stdout).not.toMatch(/^\[note\]/m);
  });
});

describe('from there', () => {
  test('the rollback is rolled back, to N+1, and that once more, to N', async ({ drill, environment, signal }) => {
    const { site, next, stages } = drill;
    const release = releaseOn(environment, site);
    await release.rollback({ timeoutMs, signal });
    await onlyAnswers(environment, site, next.gitSha, signal);
    await release.rollback({ timeoutMs, signal });
    await expectWorkingN(environment, site, 3, signal);
    expect(await schemaDump(site.database)).toEqual(stages.next.schema);
  });

  test('it goes forward again; a second upgrade meanwhile is refused, and does no harm to the first', async ({
    drill,
    environment,
    signal,
  }) => {
    const { site, next, stages } = drill;
    const values = { ...drillValues, ...imageValues(next) };
    const rowsBefore = await countRows(site);
    const first = drive(environment, site, { values, signal });
    const refused = untilPending(environment, site, 'pending-upgrade', signal).then(() =>
      installToFailure(environment, site, { values, signal }),
    );
    const [second] = await Promise.all([refused, first]);
    expect(second.causes[0]).toMatchObject({
      id: 'release-pending',
      object: 'Release meho',
      observed: expect.stringMatching(/^revision 6 is pending-upgrade since /),
      next: expect.stringMatching(/^wait for the other helm; /),
    });
    await onlyAnswers(environment, site, next.gitSha, signal);
    expect(await lastRevision(environment, site, signal)).toMatchObject({
      revision: 6,
      status: 'deployed',
      description: 'Upgrade complete',
    });
    expect(await schemaDump(site.database)).toEqual(stages.next.schema);
    expect(await countRows(site)).toBeGreaterThanOrEqual(rowsBefore);
  });

  test('a release without a pod does lose requests, and the same load says so', async ({
    drill,
    environment,
    signal,
  }) => {
    const { api } = environment;
    const { namespace } = drill.site;
    // By its labels: its name is the chart's own.
    const labels = `app.kubernetes.io/name=meho,app.kubernetes.io/instance=${environment.request.subject.release}`;
    const [found] = (await api.listMetadata(deployments, { namespace, labels }, { signal })).items;
    const name = found?.metadata?.name ?? '';
    const scale = (replicas: number) => api.patch(deployments, namespace, name, { spec: { replicas } }, { signal });
    await using load = await loadOn(environment, drill.site, 'away');
    await scale(0);
    const answer = async () => {
      using backplane = backplaneOn(environment, drill.site);
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

/** What the request itself decides of its row. */
function valuesAsked(row: AuditRow | { requestId: string; sub: string; path: string; status: number }) {
  return 'requestId' in row
    ? { id: row.requestId, sub: row.sub, path: row.path, status: row.status }
    : { id: row['request_id'], sub: row['operator_sub'], path: row['path'], status: row['status_code'] };
}

async function countRows({ database }: Site): Promise<number> {
  const [counted] = await database.query<{ rows: number }>('SELECT count(*)::int AS rows FROM audit_log');
  return counted?.rows ?? 0;
}

async function lastRevision({ api, request }: Environment, { namespace }: Site, signal: AbortSignal) {
  return (await history(api, namespace, request.subject.release, { signal })).at(-1);
}
