import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '@meho/core/process/run';
import { XMLParser } from 'fast-xml-parser';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

// The last one starts the test runner.
vi.setConfig({ testTimeout: 120_000 });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'faults-'));
});
afterAll(() => rm(folder, { recursive: true }));

function command(...args: readonly string[]) {
  const main = path.join(import.meta.dirname, 'main.ts');
  return run(process.execPath, [main, ...args], { timeoutMs: 100_000, acceptExitCodes: [1, 2] });
}

const suites = 'green-counter, install, smoke, network-policy, rollback, rke2-access, pr-smoke';

test('prove is its former name: one line says so, and the exit code is the same', async () => {
  const { exitCode, stderr } = await command('prove', 'nonsense');
  expect(stderr.split('\n')).toEqual([
    '`npm run prove` is `npm run faults` now: it runs that, with the same arguments and exit codes',
    `error: unknown suite "nonsense": expected ${suites}`,
  ]);
  expect(exitCode).toBe(2);
});

test('one fault is run by its name, and reported as suites are', async () => {
  const { exitCode, stdout, stderr } = await command('faults', '-t', 'six-of-seven', '--artefacts', folder);
  expect(stdout).toBe('1 passed, 0 failed, 0 skipped');
  expect(stderr).toMatch(/^\[ok\] faults › green-counter > six-of-seven: more are asked for than there are \(/m);
  expect(exitCode).toBe(0);
  expect(await readFile(path.join(folder, 'report.html'), 'utf8')).toContain('green-counter &gt; six-of-seven');
  const junit = new XMLParser().parse(await readFile(path.join(folder, 'faults.junit.xml'), 'utf8'));
  expect(junit).toHaveProperty('testsuites.testsuite');
});
