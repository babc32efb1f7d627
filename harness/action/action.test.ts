import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import {
  type Authority,
  createAuthority,
  json,
  STUB_HOST,
  STUB_SHA,
  STUB_TOKEN,
  serveStub,
} from '../contract/testing/stub-backplane.ts';
import { UsageError } from '../problem.ts';
import { run } from '../process/run.ts';
import { actionFile } from './action-file.ts';
import { actionVerifiers, callOf, setByAction, variableInputs } from './inputs.ts';

// Each test of the action starts two programs.
vi.setConfig({ testTimeout: 120_000 });

const main = path.join(import.meta.dirname, 'main.ts');
const known = await actionVerifiers();

test('action.yml has the flags of the verifiers as its inputs', async () => {
  await expect(actionFile(known)).toMatchFileSnapshot('../../action.yml');
});

test('every flag is an input, and every input a flag or a variable', async () => {
  const { inputs, outputs } = parse(await readFile(path.join(import.meta.dirname, '../../action.yml'), 'utf8'));
  const flags = new Set([...known.values()].flatMap((each) => Object.keys(each)));
  expect(Object.keys(inputs).toSorted()).toEqual(
    [
      'verifier',
      ...Object.keys(variableInputs),
      ...[...flags].filter((name) => !setByAction.includes(name)),
    ].toSorted(),
  );
  expect(Object.keys(outputs)).toEqual(['verdict', 'exit-code', 'report', 'junit']);
});

describe('inputs become a command line', () => {
  test('with switches, values and variables apart', () => {
    const inputs = {
      verifier: 'install-verify',
      host: 'meho.example.com',
      'expected-git-sha': '',
      'enforce-budget': 'true',
      'fail-fast': 'false',
      backplane: '',
      'access-token': 'secret',
      'database-url': '',
    };
    expect(callOf(inputs, known)).toEqual({
      verifier: 'install-verify',
      args: ['--host=meho.example.com', '--enforce-budget'],
      env: { MEHO_ACCESS_TOKEN: 'secret', DATABASE_URL: '' },
    });
  });
  test.each([
    [{ verifier: 'deploy' }, /verifier: expected install-verify, smoke, rollback-verify, green-counter, got "deploy"/],
    [{ verifier: 'smoke', host: 'x' }, /host: smoke has no such flag/],
    [{ verifier: 'smoke', 'fail-fast': 'yes' }, /fail-fast: expected true or false, got "yes"/],
    [{ verifier: 'smoke', output: 'text' }, /output: smoke has no such flag/],
    [{ verifier: 'smoke', toString: 'x' }, /toString: smoke has no such flag/],
  ])('%j is refused', (inputs, message) => {
    expect(() => callOf(inputs, known)).toThrow(UsageError);
    expect(() => callOf(inputs, known)).toThrow(message);
  });
});

describe('the step', () => {
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
});
