import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, vi } from 'vitest';
import { serveStub } from '../contract/testing/stub-backplane.ts';
import { run } from '../process/run.ts';
import { cliDeadlineMs, linesOf, type PublishedCli, test } from './testing/published-cli.ts';

// Each test starts a process, some of them several.
vi.setConfig({ testTimeout: cliDeadlineMs });

/** What came after Node 22.0, the oldest that package.json names: this Node without it stands for that one. */
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

async function onOldest(cli: PublishedCli, args: readonly string[]) {
  const preload = path.join(cli.folder, 'oldest.mjs');
  await writeFile(preload, taken);
  return run(process.execPath, ['--import', preload, ...args], {
    env: { HOME: cli.folder, KUBECONFIG: '', MEHO_ACCESS_TOKEN: '', DATABASE_URL: '', INSTALL_START_TS: '' },
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

/** The one of them that our code uses; its stand-in is tried in async-disposable-stack.test.ts. */
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
