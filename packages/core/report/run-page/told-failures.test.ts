import { expect, test } from 'vitest';
import type { CheckRecord, TestReport } from '../run-report.ts';
import { toldFailures } from './told-failures.ts';

const red: TestReport = {
  file: 'suites/smoke/a.spec.ts',
  name: 'the chain > holds',
  state: 'failed',
  durationMs: 1,
  detail: '    expected true, got false\n    at suites/smoke/a.spec.ts:3:1',
  rerun: 'npm run acceptance -- --suite smoke/a',
  evidence: ['evidence/the-chain-holds'],
};
const check: CheckRecord = {
  test: red.name,
  id: 'vault-readable',
  title: 'Vault is read',
  outcome: 'violated',
  expected: '.vault.read_ok true',
  observed: 'false (Forbidden)',
  hint: 'vault policy read meho',
  page: 'docs/checks/vault-readable.md',
  evidence: ['pod vault-0: Running'],
  durationMs: 1,
};
const told = (tests: readonly TestReport[], checks: readonly CheckRecord[] = []) => toldFailures({ tests, checks });

test('a check that is red says what was expected and seen, why, where to look, and its page', () => {
  expect(told([red], [check])).toEqual([
    {
      expected: 'Vault is read: .vault.read_ok true',
      isSaid: true,
      seen: 'false (Forbidden)',
      cause: 'pod vault-0: Running',
      further: ['vault policy read meho', 'npm run acceptance -- --suite smoke/a'],
      evidence: ['evidence/the-chain-holds'],
      page: 'docs/checks/vault-readable.md',
      tests: [red],
    },
  ]);
});

test('a check that was healed, or is another test’s, is not at fault', () => {
  const failure = { expected: 'to be true', observed: 'false', cause: 'connection reset' };
  const [found] = told([{ ...red, failure }], [check, { ...check, outcome: 'holds' }, { ...check, test: 'another' }]);
  expect(found).toMatchObject({ expected: 'to be true', seen: 'false', cause: 'connection reset' });
  expect(found?.page).toBe('docs/debugging-a-red-run.md');
});

test('what a Problem says goes before its checks: it comes with what to do', () => {
  const failure = { expected: 'a node', observed: 'none', next: 'kubectl get nodes' };
  const [found] = told([{ ...red, failure }], [check]);
  expect(found).toMatchObject({ expected: 'a node', seen: 'none' });
  expect(found?.cause).toContain('Vault is read: .vault.read_ok true; seen false (Forbidden)');
  expect(found?.further).toContain('kubectl get nodes');
});

test('without any of them no part is empty, and none is invented', () => {
  const { detail, rerun, evidence, ...bare } = red;
  const [found] = told([bare]);
  expect(found).toMatchObject({ expected: '“the chain > holds” to hold', isSaid: false, seen: 'nothing was said' });
  expect(found?.cause).toMatch(/^No cause was named/);
  expect([detail, rerun, evidence]).not.toContain(undefined);
});

test('failures of one promise that say the same are told once, with all their tests', () => {
  const failure = { expected: '200', observed: '503' };
  const names = ['a', 'b', 'c'].map((name) => ({ ...red, name, failure }));
  const other = { ...red, name: 'd', failure, file: 'suites/install/x.spec.ts' };
  expect(told([...names, other]).map(({ tests }) => tests.map(({ name }) => name))).toEqual([['a', 'b', 'c'], ['d']]);
});
