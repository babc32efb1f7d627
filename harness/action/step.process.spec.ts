import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import {
  type Authority,
  createAuthority,
  json,
  STUB_HOST,
  STUB_SHA,
  STUB_TOKEN,
  serveStub,
} from '../contract/testing/stub-backplane.ts';
import { run } from '../process/run.ts';

// Each test of the action starts two programs.
vi.setConfig({ testTimeout: 120_000 });

const main = path.join(import.meta.dirname, 'main.ts');

let folder: string;
let authority: Authority;
let ca: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'action-'));
  authority = await createAuthority();
  ca = path.join(folder, 'ca.pem');
  await writeFile(ca, authority.certificatePem);
});
afterAll(() => rm(folder, { recursive: true }));

async function step(name: string, inputs: Readonly<Record<string, string>>) {
  const [outputFile, summaryFile] = [path.join(folder, `${name}.output`), path.join(folder, `${name}.md`)];
  await Promise.all([writeFile(outputFile, ''), writeFile(summaryFile, '')]);
  const finished = await run(process.execPath, [main], {
    env: {
      MEHO_ACTION_INPUTS: JSON.stringify(inputs),
      GITHUB_OUTPUT: outputFile,
      GITHUB_STEP_SUMMARY: summaryFile,
      RUNNER_TEMP: folder,
      KUBECONFIG: '',
      KUBERNETES_SERVICE_HOST: '',
      HOME: folder,
    },
    timeoutMs: 100_000,
    acceptExitCodes: [1, 2],
  });
  const lines = (await readFile(outputFile, 'utf8')).trim().split('\n');
  const outputs = Object.fromEntries(lines.map((line) => line.split('=', 2)));
  return { ...finished, outputs, summary: await readFile(summaryFile, 'utf8') };
}

const inputs = (port: number, more: Readonly<Record<string, string>> = {}) => ({
  verifier: 'install-verify',
  host: STUB_HOST,
  'connect-to': `127.0.0.1:${port}`,
  cacert: ca,
  'expected-git-sha': STUB_SHA,
  'skip-cluster-checks': 'true',
  'access-token': STUB_TOKEN,
  ...more,
});

test('passes with its reports, and the token in none of them', async () => {
  await using server = await serveStub(authority);
  const { exitCode, outputs, stdout, stderr, summary } = await step('passes', inputs(server.port));
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(outputs).toMatchObject({ verdict: 'passed', 'exit-code': '0' });
  const [report, junit] = await Promise.all([
    readFile(outputs.report ?? '', 'utf8'),
    readFile(outputs.junit ?? '', 'utf8'),
  ]);
  expect(JSON.parse(report)).toMatchObject({ verifier: 'install-verify', outcome: 'passed' });
  expect(junit).toContain('<testsuite ');
  expect(stdout).toMatch(/^\[ok\] GET \/healthz/m);
  expect(summary).toMatch(/^### install-verify: passed\n/);
  expect([report, junit, stdout, summary].filter((text) => text.includes(STUB_TOKEN))).toEqual([]);
});
test('fails with the verifier, and says why', async () => {
  await using server = await serveStub(authority, { '/version': json(200, { git_sha: 'unknown' }) });
  const { exitCode, outputs, stdout, summary } = await step('fails', inputs(server.port));
  expect({ exitCode, verdict: outputs.verdict }).toEqual({ exitCode: 1, verdict: 'failed' });
  expect(stdout).toMatch(/^\[FAIL\] GET \/version .*: expected .*; seen git_sha "unknown".*; look first: /m);
  expect(summary).toContain('[FAIL] GET /version');
});
test('ends with 2 where the verifier could not run, and where it was not asked rightly', async () => {
  const wrong = await step('wrong', inputs(1, { 'expected-git-sha': 'latest' }));
  expect(wrong).toMatchObject({ exitCode: 2, outputs: { verdict: 'error', 'exit-code': '2', junit: '' } });
  expect(wrong.stderr).toContain('--expected-git-sha');
  const unknown = await step('unknown', { verifier: 'deploy' });
  expect(unknown).toMatchObject({ exitCode: 2, outputs: { verdict: 'error', 'exit-code': '2' } });
  expect(unknown.stderr).toContain('verifier: expected install-verify');
});
