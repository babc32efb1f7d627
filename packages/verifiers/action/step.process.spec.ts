import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { json, STUB_HOST, STUB_SHA, STUB_TOKEN, serveStub } from '@meho/contract/testing/stub-backplane';
import { run } from '@meho/core/process/run';
import { repositoryRoot } from '@meho/core/repository';
import { expect, vi } from 'vitest';
import { parse } from 'yaml';
import { cliDeadlineMs, type PublishedCli, test } from '../testing/published-cli.ts';

// Each test starts two programs.
vi.setConfig({ testTimeout: 2 * cliDeadlineMs });

/** What action.yml has the shell run. */
async function scripts(): Promise<readonly string[]> {
  const { runs } = parse(await readFile(path.join(repositoryRoot, 'action.yml'), 'utf8'));
  return runs.steps.flatMap(({ run: script }: { readonly run?: string }) => (script === undefined ? [] : [script]));
}

/** Runs the script of action.yml as a runner does, in a folder that holds the bundle and nothing else. */
async function step(cli: PublishedCli, name: string, inputs: Readonly<Record<string, string>>) {
  const { folder } = cli;
  const [outputFile, summaryFile] = [path.join(folder, `${name}.output`), path.join(folder, `${name}.md`)];
  await Promise.all([writeFile(outputFile, ''), writeFile(summaryFile, '')]);
  const [script = ''] = await scripts();
  const finished = await run('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
    env: {
      ...cli.environment,
      GITHUB_ACTION_PATH: folder,
      MEHO_ACTION_INPUTS: JSON.stringify(inputs),
      GITHUB_OUTPUT: outputFile,
      GITHUB_STEP_SUMMARY: summaryFile,
      RUNNER_TEMP: folder,
    },
    timeoutMs: cliDeadlineMs,
    acceptExitCodes: [1, 2],
  });
  const lines = (await readFile(outputFile, 'utf8')).trim().split('\n');
  const outputs = Object.fromEntries(lines.map((line) => line.split('=', 2)));
  return { ...finished, outputs, summary: await readFile(summaryFile, 'utf8') };
}

const inputs = ({ ca }: PublishedCli, port: number, more: Readonly<Record<string, string>> = {}) => ({
  verifier: 'install-verify',
  host: STUB_HOST,
  'connect-to': `127.0.0.1:${port}`,
  cacert: ca,
  'expected-git-sha': STUB_SHA,
  'skip-cluster-checks': 'true',
  'access-token': STUB_TOKEN,
  ...more,
});

test('installs nothing', async () => {
  expect(await scripts()).toEqual(['node "$GITHUB_ACTION_PATH/dist/meho-acceptance.js" action']);
});

test('passes with its reports, and the token in none of them', async ({ cli }) => {
  await using server = await serveStub(cli.authority);
  const { exitCode, outputs, stdout, stderr, summary } = await step(cli, 'passes', inputs(cli, server.port));
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
test('fails with the verifier, and says why', async ({ cli }) => {
  await using server = await serveStub(cli.authority, { '/version': json(200, { git_sha: 'unknown' }) });
  const { exitCode, outputs, stdout, summary } = await step(cli, 'fails', inputs(cli, server.port));
  expect({ exitCode, verdict: outputs.verdict }).toEqual({ exitCode: 1, verdict: 'failed' });
  expect(stdout).toMatch(/^\[FAIL\] GET \/version .*: expected .*; seen git_sha "unknown".*; look first: /m);
  expect(summary).toContain('[FAIL] GET /version');
});
test('ends with 2 where the verifier could not run, and where it was not asked rightly', async ({ cli }) => {
  const wrong = await step(cli, 'wrong', inputs(cli, 1, { 'expected-git-sha': 'latest' }));
  expect(wrong).toMatchObject({ exitCode: 2, outputs: { verdict: 'error', 'exit-code': '2', junit: '' } });
  expect(wrong.stderr).toContain('--expected-git-sha');
  const unknown = await step(cli, 'unknown', { verifier: 'deploy' });
  expect(unknown).toMatchObject({ exitCode: 2, outputs: { verdict: 'error', 'exit-code': '2' } });
  expect(unknown.stderr).toContain('verifier: expected install-verify');
});
