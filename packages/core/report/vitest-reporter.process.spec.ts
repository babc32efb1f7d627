import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { run } from '../process/run.ts';
import { repositoryRoot } from '../repository.ts';
import type { RunFailure } from './run-failure.ts';

// Starts the test runner.
vi.setConfig({ testTimeout: 120_000 });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'reporter-'));
  await symlink(path.join(repositoryRoot, 'node_modules'), path.join(folder, 'node_modules'));
});
afterAll(() => rm(folder, { recursive: true }));

const file = () => path.join(folder, 'failures.jsonl');
const all = () => path.join(folder, 'tests.json');

async function written(): Promise<readonly RunFailure[]> {
  const lines = (await readFile(file(), 'utf8')).split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as RunFailure);
}

/** Runs tests of their own project. @returns what the runner printed */
async function runner(tests: string, project = 'mine', more: readonly string[] = []): Promise<string> {
  await writeFile(
    path.join(folder, 'a.test.ts'),
    `import { afterAll, beforeAll, describe, expect, test } from 'vitest';\n${tests}`,
  );
  await writeFile(
    path.join(folder, 'vitest.config.ts'),
    `export default { test: { name: '${project}', maxWorkers: 1 } };`,
  );
  await rm(file(), { force: true });
  const vitest = createRequire(import.meta.url).resolve('vitest/package.json');
  const reporter = path.join(import.meta.dirname, 'vitest-reporter.ts');
  const main = path.join(path.dirname(vitest), 'vitest.mjs');
  const args = [
    main,
    'run',
    `--reporter=${reporter}`,
    `--outputFile.failures=${file()}`,
    `--outputFile.tests=${all()}`,
    ...more,
  ];
  const { stderr } = await run(process.execPath, args, { cwd: folder, timeoutMs: 100_000, acceptExitCodes: [1] });
  return stderr;
}

test('failed tests, hooks, files and errors that no test caught are written, each at its place', async () => {
  const stderr = await runner(`
    describe('outer', () => {
      describe('inner', () => {
        test('adds > up', () => { expect(1).toBe(2); });
        test('holds', () => {});
      });
      describe('started', () => {
        beforeAll(() => { throw new Error('no cluster'); });
        test('is never run', () => {});
      });
    });
    test('lets one go', () => { Promise.reject(new Error('a stray')); });`);
  const place = { project: 'mine', file: 'a.test.ts' };
  expect(await written()).toEqual([
    { ...place, names: ['outer', 'inner', 'adds > up'], detail: expect.stringContaining('expected 1 to be 2') },
    { ...place, names: ['outer', 'started'], detail: expect.stringContaining('no cluster') },
    { project: 'an error that no test caught', names: [], detail: expect.stringContaining('a stray') },
  ]);
  expect(stderr).toMatch(/^\[FAIL\] mine › a\.test\.ts › outer > inner > adds > up \(/m);
  expect(stderr).toMatch(/^\[FAIL\] an error that no test caught$/m);
});

test('a file that does not load is written', async () => {
  await runner("throw new Error('not loadable');");
  expect(await written()).toEqual([
    { project: 'mine', file: 'a.test.ts', names: [], detail: expect.stringContaining('not loadable') },
  ]);
});

test('what had passed and failed of slow tests is kept where the runner is killed', async () => {
  const running = runner(
    `
    import { existsSync, readFileSync } from 'node:fs';
    import { setTimeout as delay } from 'node:timers/promises';
    test('holds', () => {});
    test('fails', () => { expect(1).toBe(2); });
    test('ends the runner', async () => {
      while (!existsSync(${JSON.stringify(file())}) || !readFileSync(${JSON.stringify(all())}, 'utf8').includes('fails')) {
        await delay(20);
      }
      process.kill(process.ppid, 'SIGKILL');
      await new Promise(() => {});
    }, 60_000);`,
    'suites',
  );
  await expect(running).rejects.toThrow('it was ended by SIGKILL');
  expect(await written()).toEqual([expect.objectContaining({ file: 'a.test.ts', names: ['fails'] })]);
  const place = { file: 'a.test.ts', startedAt: expect.stringMatching(/^\d{4}-.*Z$/) };
  expect(JSON.parse(await readFile(all(), 'utf8'))).toEqual([
    expect.objectContaining({ ...place, name: 'holds', state: 'passed' }),
    expect.objectContaining({
      ...place,
      name: 'fails',
      state: 'failed',
      failure: { expected: '2', observed: '1' },
    }),
  ]);
});

test('who shows what is under way has it in a file, and lines of failures only', async () => {
  const status = path.join(folder, 'status.json');
  const tests = `
    import { readFileSync } from 'node:fs';
    import { setTimeout as delay } from 'node:timers/promises';
    const seen = (text) => readFileSync(${JSON.stringify(status)}, 'utf8').includes(text);
    test('holds', () => {});
    test('fails', () => { expect(1).toBe(2); });
    test.skip('is left out', () => {});
    test('sees itself under way', async () => {
      while (!seen('"failed":1') || !seen('"name":"sees itself under way"')) await delay(20);
      const { startedMs } = JSON.parse(readFileSync(${JSON.stringify(status)}, 'utf8')).underWay[0];
      expect(Date.now() - startedMs).toBeLessThan(60_000);
      expect(seen('"passed":1,"failed":1,"skipped":1,"left":1,"filesLeft":0')).toBe(true);
    }, 60_000);
    test('comes last', () => {});`;
  const stderr = await runner(tests, 'suites', [`--outputFile.status=${status}`]);
  expect(stderr.split('\n').filter((line) => line.startsWith('['))).toEqual([
    expect.stringMatching(/^\[FAIL\] suites › a\.test\.ts › fails/),
  ]);
  expect(JSON.parse(await readFile(status, 'utf8'))).toEqual({
    ...{ passed: 3, failed: 1, skipped: 1, left: 0, filesLeft: 0, underWay: [] },
  });
});
