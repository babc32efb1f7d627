import type { CorpusRecord } from '../corpus/corpus-record.ts';
import type { RollbackRecord } from '../rollback/rollback-record.ts';
import type { PromiseReport, RunReport } from '../run-report.ts';

const digest = `sha256:${'3f'.repeat(32)}`;

export function aPromise(changes: Partial<PromiseReport> = {}): PromiseReport {
  return {
    id: 'install',
    title: 'Cold install',
    promise: 'a cold install is up in under five minutes',
    state: 'holds',
    stories: { passed: 1, failed: 0, skipped: 0 },
    isWhole: true,
    checks: { ids: 1, made: 1 },
    durationMs: 12_000,
    faults: { known: 40, seen: [], missed: [], redInStories: [] },
    ...changes,
  };
}

export function aRun(changes: Partial<RunReport> = {}): RunReport {
  return {
    schemaVersion: 1,
    command: 'acceptance',
    outcome: 'failed',
    startedAt: '2026-01-02T03:04:05.000Z',
    durationMs: 100_000,
    tally: { passed: 2, failed: 1, skipped: 1 },
    underTest: {
      cluster: {
        distribution: 'k3s',
        kubernetesVersion: 'v1.34.4+k3s1',
        policyEngine: 'kube-router v2.6.1',
        origin: 'built meho.local/node:3f2a',
      },
      chart: { reference: 'charts/meho', name: 'meho-chart', version: '0.1.0' },
      release: 'meho',
      image: { reference: 'meho.local/backplane:sha-3f2a9c1', gitSha: '3f2a9c1' },
      images: [
        { name: 'node', reference: 'meho.local/node:3f2a', id: digest, origin: 'built' },
        { name: 'postgres', reference: 'pgvector/pgvector:pg18', id: digest, origin: 'registry' },
        { name: 'agnhost', reference: 'meho.local/agnhost:1', id: digest, origin: 'engine' },
      ],
    },
    phases: [
      { title: 'cluster', depth: 0, startMs: 0, durationMs: 25_000, failed: false },
      { title: 'node starting', depth: 1, startMs: 1000, durationMs: 20_000, failed: false },
      { title: 'suites', depth: 0, startMs: 25_000, durationMs: 75_000, failed: true },
    ],
    tests: [
      { file: 'suites/install/a.spec.ts', name: 'a cold install > answers', state: 'passed', durationMs: 12_000 },
      {
        file: 'suites/smoke/b.spec.ts',
        name: 'the chain > reads Vault',
        state: 'failed',
        durationMs: 900,
        detail: 'expected true, got false',
        rerun: "npm run acceptance -- --suite smoke/b -t '^the chain reads Vault$'",
        evidence: ['evidence/the chain reads vault'],
      },
      {
        file: 'suites/install/c.spec.ts',
        name: 'a node > that stops',
        state: 'skipped',
        durationMs: 0,
        detail: 'it stops a node, and this cluster is not ours',
      },
      { file: 'suites/smoke/b.spec.ts', name: 'faults > Vault is sealed', state: 'passed', durationMs: 4000 },
    ],
    checks: [
      {
        test: 'a cold install > answers',
        id: 'healthz',
        title: 'GET /healthz answers',
        outcome: 'holds',
        observed: '200',
        durationMs: 11,
      },
      {
        test: 'the chain > reads Vault',
        id: 'vault-readable',
        title: 'Leg 4: Vault is read',
        outcome: 'violated',
        expected: '.vault.read_ok true',
        observed: 'false (read_failed: Forbidden)',
        hint: 'its policy',
        page: 'docs/checks/vault-readable.md',
        durationMs: 230,
      },
      {
        test: 'faults > Vault is sealed',
        id: 'vault-readable',
        title: 'Leg 4: Vault is read',
        outcome: 'violated',
        expected: '.vault.read_ok true',
        observed: 'login_failed: VaultDown',
        hint: 'check Vault',
        durationMs: 9,
      },
      {
        test: 'a cold install > answers',
        id: 'audit-row',
        title: 'The request left its audit_log row',
        outcome: 'skipped',
        reason: 'not made: DATABASE_URL is not set',
        durationMs: 0,
      },
    ],
    attachments: [
      { kind: 'evidence', path: 'evidence/the chain reads vault' },
      { kind: 'matrix', path: 'network-policy/matrix.html' },
      { kind: 'results', path: 'suites.junit.xml' },
    ],
    promises: [
      aPromise({ state: 'partly proven', stories: { passed: 1, failed: 0, skipped: 1 } }),
      aPromise({
        id: 'smoke',
        title: 'Smoke and federation',
        promise: 'a token is accepted',
        state: 'broken',
        stories: { passed: 1, failed: 1, skipped: 0 },
        checks: { ids: 1, made: 2 },
        durationMs: 4900,
        faults: { known: 70, seen: [], missed: [], redInStories: ['vault-readable'] },
        since: {
          held: { at: '2026-01-01T03:04:05.000Z', gitSha: '3f2a9c1' },
          broke: { at: '2026-01-01T09:04:05.000Z' },
        },
      }),
      aPromise({
        id: 'rollback',
        title: 'Upgrade and rollback',
        state: 'not asked',
        stories: { passed: 0, failed: 0, skipped: 0 },
        isWhole: false,
        checks: { ids: 0, made: 0 },
        durationMs: 0,
      }),
    ],
    next: "npm run acceptance -- --suite smoke/b -t '^the chain reads Vault$'",
    ...changes,
  };
}

const stage = { requests: 100, failed: 0, medianMs: 21, slowestMs: 90, longestGapMs: 80 } as const;

/** A minute of it, with failures and a gap after the upgrade. */
export function aRollback(changes: Partial<RollbackRecord> = {}): RollbackRecord {
  return {
    ratePerSecond: 20,
    durationMs: 60_000,
    stages: [
      { ...stage, title: 'N serves', atMs: 0, rows: 3 },
      { ...stage, title: 'upgrade to N+1', atMs: 300, rows: 9 },
      { ...stage, title: 'helm is done; N still ends', atMs: 18_000, rows: 360, failed: 7, longestGapMs: 2300 },
      { ...stage, title: 'rollback to N', atMs: 30_000, rows: 600 },
    ],
    binMs: 500,
    bins: Array.from({ length: 120 }, (_, index) => ({
      requests: 10,
      failed: index > 36 && index < 42 ? 1 + (index % 3) : 0,
      medianMs: 15 + (index % 9),
      slowestMs: 30 + ((index * 37) % 90) + (index > 36 && index < 42 ? 400 : 0),
    })),
    gaps: [
      { fromMs: 18_700, durationMs: 2300 },
      { fromMs: 40_000, durationMs: 120 },
    ],
    failures: [{ atMs: 18_800, why: '503 away' }],
    answered: 1193,
    rowsOfAnswered: 1193,
    ...changes,
  };
}

/** A row of each verdict; the first is not as the corpus says. */
export function aCorpus(): CorpusRecord {
  const row = {
    predicted: ['additive'],
    executed: ['Postgres: applied under AccessExclusiveLock'],
    outcomes: ['fine'],
  };
  return {
    about: 'Postgres 17.6, image N the reference backplane of this commit, 30000 rows in audit_log.',
    rows: [
      {
        ...{ ...row, file: 'a01_add_nullable_column.sql', what: 'Adds a column that may be null', details: [] },
        ...{ changes: ['adds column audit_log.note'], verdict: 'agrees', surprises: [] },
      },
      {
        ...{ ...row, file: 'd06_drop_index.sql', what: 'Drops an index', predicted: ['drop-index'], details: [] },
        ...{ changes: ['drops index ix_audit_log_path'], verdict: 'false alarm', surprises: [] },
        why: 'N reads more slowly, which no request here shows',
      },
      {
        ...{ file: 'p18_hidden_drop.py', what: 'Drops a column (hidden: DO block)', predicted: ['additive'] },
        executed: ['Alembic: applied under AccessExclusiveLock'],
        ...{ changes: ['drops column audit_log.path'], outcomes: ['breaks'], verdict: 'MISSED' },
        details: ['a request was answered 500 column "path" of relation "audit_log" does not exist'],
        surprises: ['the lint passed what N does not get through'],
      },
    ],
  };
}
