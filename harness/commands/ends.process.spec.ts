import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { run } from '@meho/core/process/run';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

vi.setConfig({ testTimeout: 120_000 });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ends-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function withDefect(script: string, file: string, args: readonly string[], env: Record<string, string> = {}) {
  const defect = path.join(folder, `${Math.random()}.mjs`);
  await writeFile(defect, script);
  return run(
    process.execPath,
    [`--import=${pathToFileURL(defect).href}`, path.join(import.meta.dirname, file), ...args],
    {
      env,
      timeoutMs: 100_000,
      acceptExitCodes: [1, 2, 129, 143],
    },
  );
}

const trials = ['soak', 'inputs', '--inputs=100000', '--processes=0', '--seed=1'];
/** Once the trials have begun. */
const later = (what: string) => `
  const write = process.stderr.write;
  process.stderr.write = function (...args) {
    if (String(args[0]).includes('inputs in this process')) { setTimeout(() => { ${what} }, 50); }
    return write.apply(process.stderr, args);
  };`;

test.each([
  ['an error that nobody catches', "throw new Error('a defect');"],
  ['a promise that is rejected unseen', "Promise.reject(new Error('a defect'));"],
])('%s ends a command with 2, in a line and cleaned up', async (_, what) => {
  const { exitCode, stderr } = await withDefect(later(what), 'main.ts', trials);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('error: an error that nobody caught (a defect)');
  expect(stderr).not.toMatch(/Node\.js v|node:internal\/process/);
});

test('a signal ends it with its code', async () => {
  const { exitCode, stderr } = await withDefect(later("process.kill(process.pid, 'SIGHUP');"), 'main.ts', trials);
  expect(exitCode).toBe(129);
  expect(stderr).toContain('interrupted by SIGHUP: cleaning up …');
});

test.each([
  ['an error that nobody catches', "throw new Error('a defect');", /an error that nobody caught/],
  ['a signal', "process.kill(process.pid, 'SIGTERM');", /interrupted by SIGTERM: no verdict/],
])('%s ends the action with 2, a line and its outputs', async (_, what, said) => {
  const output = path.join(folder, `${Math.random()}.output`);
  await writeFile(output, '');
  const inputs = {
    verifier: 'smoke',
    backplane: 'https://192.0.2.1',
    'skip-cluster-checks': 'true',
    'access-token': 'a',
  };
  // A verifier that is under way for as long as the action is: a real one may have ended before the defect comes.
  const started = path.join(folder, `${Math.random()}.started`);
  const verifier = path.join(folder, `${Math.random()}.mjs`);
  await writeFile(
    verifier,
    `import { writeFileSync } from 'node:fs';
    writeFileSync(${JSON.stringify(started)}, '');
    setInterval(() => undefined, 1000);`,
  );
  const onceStarted = `
    import { existsSync } from 'node:fs';
    process.argv[1] = ${JSON.stringify(verifier)};
    const look = setInterval(() => {
      if (existsSync(${JSON.stringify(started)})) { clearInterval(look); ${what} }
    }, 20);`;
  const { exitCode, stderr } = await withDefect(onceStarted, '../../packages/verifiers/action/main.ts', [], {
    MEHO_ACTION_INPUTS: JSON.stringify(inputs),
    GITHUB_OUTPUT: output,
    RUNNER_TEMP: folder,
  });
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(said);
  expect(stderr).not.toMatch(/Node\.js v|^\s+at /m);
  expect(await readFile(output, 'utf8')).toMatch(/^verdict=error\nexit-code=2\n/);
});
