import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { RunResults } from './run-results.ts';
import { runTests } from './run-tests.ts';

// Starts the test runner.
vi.setConfig({ testTimeout: 120_000 });

let artefacts: string;
beforeAll(async () => {
  artefacts = await mkdtemp(path.join(tmpdir(), 'run-tests-'));
});
afterAll(() => rm(artefacts, { recursive: true }));

const started = (files: readonly string[], results: RunResults) =>
  runTests({
    ...{ projects: ['unit'], name: 'unit', artefacts, files, results },
    ...{ timeoutMs: 100_000, signal: new AbortController().signal },
  });

test('a run without any test is one failure, with what was looked for', async () => {
  const results = new RunResults();
  expect(await started(['no-such-test'], results)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(results.failures).toEqual([
    {
      project: 'unit',
      names: [],
      detail: expect.stringMatching(/^expected tests of project unit no-such-test .*\nseen exit code 1 /),
    },
  ]);
});

test('a green run adds its tally and no failure', async () => {
  const results = new RunResults();
  await started(['packages/core/problem.test.ts'], results);
  expect(results.failures).toEqual([]);
  expect(results.tally).toMatchObject({ failed: 0, skipped: 0 });
  expect(results.tally.passed).toBeGreaterThan(0);
});
