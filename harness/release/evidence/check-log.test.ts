import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Result, Verdict } from '@meho/contract/check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkLogFile, failedChecks, recorder, setCurrentTest } from './check-log.ts';

let artefacts: string;
beforeEach(async () => {
  artefacts = await mkdtemp(path.join(tmpdir(), 'check-log-'));
});
afterEach(async () => {
  setCurrentTest('');
  await rm(artefacts, { recursive: true });
});

const told = (id: string, verdict: Verdict): Result => {
  const run = () => Promise.resolve(verdict);
  return { check: { id, title: id, page: `docs/checks/${id}.md`, needs: [], run }, verdict, durationMs: 1 };
};
const failed = (observed: string): Verdict => ({
  ...{ outcome: 'violated', severity: 'failure', expected: '200', observed, hint: 'kubectl get pods' },
  evidence: ['pod a: Pending'],
});

test('what a test’s checks said that do not hold is kept for its message, until the next test', async () => {
  const record = recorder({ request: { artefacts } } as Parameters<typeof recorder>[0]);
  setCurrentTest('a story > holds');
  record(told('version', { outcome: 'holds', observed: 'a' }));
  record(told('healthz', failed('503 with password=hunter2hunter2')));
  expect(failedChecks()).toEqual([
    'healthz: expected 200; seen 503 with password=[redacted]; page: docs/checks/healthz.md; look first: kubectl get pods\npod a: Pending',
  ]);
  setCurrentTest('a story > another');
  expect(failedChecks()).toEqual([]);
  const [, line = ''] = (await readFile(path.join(artefacts, checkLogFile), 'utf8')).split('\n');
  expect(JSON.parse(line)).toMatchObject({ test: 'a story > holds', id: 'healthz', page: 'docs/checks/healthz.md' });
});
