import type { RunReport } from '../run-report.ts';

const digest = `sha256:${'3f'.repeat(32)}`;

/** A run with something of everything in it. */
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
    ...changes,
  };
}
