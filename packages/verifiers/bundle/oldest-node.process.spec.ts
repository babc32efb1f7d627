import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { STUB_HOST, STUB_SHA, serveStub } from '@meho/contract/testing/stub-backplane';
import { unsetVerifierVariables } from '@meho/core/config';
import { run } from '@meho/core/process/run';
import { expect, vi } from 'vitest';
import { cliDeadlineMs, linesOf, type PublishedCli, test } from '../testing/published-cli.ts';

vi.setConfig({ testTimeout: cliDeadlineMs });

/** Removed from this Node to stand in for 22.0, the oldest supported. */
const taken = `
import module from 'node:module';
import tls from 'node:tls';
module.enableCompileCache = undefined;
module.syncBuiltinESMExports();
delete tls.getCACertificates;
for (const name of ['AsyncDisposableStack', 'DisposableStack', 'SuppressedError', 'Float16Array']) {
  delete globalThis[name];
}
delete RegExp.escape;
delete Error.isError;
delete Promise.try;
delete Uint8Array.fromBase64;
delete Uint8Array.prototype.toBase64;
`;

async function onOldest(cli: PublishedCli, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const preload = path.join(cli.folder, 'oldest.mjs');
  await writeFile(preload, taken);
  return run(process.execPath, ['--import', preload, ...args], {
    env: { ...unsetVerifierVariables(), HOME: cli.folder, ...env },
    timeoutMs: cliDeadlineMs,
    acceptExitCodes: [1, 2],
  });
}

test('install-verify gives its verdict', async ({ cli }) => {
  await using server = await serveStub(cli.authority);
  const { exitCode, stdout, stderr } = await onOldest(cli, [cli.program, ...cli.installArgs(server.port)]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(linesOf(stdout).at(-1)).toMatch(/^install-verify: passed, /);
});

test('so does the action', async ({ cli }) => {
  await using server = await serveStub(cli.authority);
  const inputs = {
    verifier: 'install-verify',
    ...{ host: STUB_HOST, 'connect-to': `127.0.0.1:${server.port}`, cacert: cli.ca },
    ...{ 'expected-git-sha': STUB_SHA, 'skip-cluster-checks': 'true' },
  };
  const { exitCode, stdout, stderr } = await onOldest(cli, [cli.program, 'action'], {
    ...{ MEHO_ACTION_INPUTS: JSON.stringify(inputs), RUNNER_TEMP: cli.folder },
    ...{ GITHUB_OUTPUT: '', GITHUB_STEP_SUMMARY: '' },
  });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(/^\[ok\] GET \/version/m);
});

test('every verifier can be loaded', async ({ cli }) => {
  const overview = await onOldest(cli, [cli.program, '--help']);
  const names = linesOf(overview.stdout).flatMap((line) => /^ {2}([a-z][a-z0-9-]*)(?= |$)/.exec(line)?.[1] ?? []);
  expect(names).toContain('network-policy');
  for (const name of names) {
    const { exitCode, stdout, stderr } = await onOldest(cli, [cli.program, name, '--help']);
    expect({ name, exitCode, stderr }).toEqual({ name, exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^usage: /);
  }
});

/** For its stand-in see async-disposable-stack.test.ts. */
test('the stack that resources end by is there before anything needs it', async ({ cli }) => {
  const files = (await readdir(path.dirname(cli.program))).filter((file) => file.endsWith('.js'));
  const texts = await Promise.all(files.map((file) => readFile(path.join(path.dirname(cli.program), file), 'utf8')));
  expect(texts.some((text) => text.includes('new AsyncDisposableStack'))).toBe(true);
  expect(texts.filter((text) => /new DisposableStack|RegExp\.escape|Error\.isError|Promise\.try\(/.test(text))).toEqual(
    [],
  );
  const asked = `await import(${JSON.stringify(cli.program)}); console.log(typeof AsyncDisposableStack)`;
  const { stdout } = await onOldest(cli, ['--input-type=module', '--eval', asked]);
  expect(stdout.trim()).toBe('function');
});
