import { access, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createAuthority, STUB_HOST, STUB_SHA, STUB_TOKEN, serveStub } from '@meho/contract/testing/stub-backplane';
import { run } from '@meho/core/process/run';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packedVerifier } from './packed.ts';

let folder: string;
let program: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'meho-packed-'));
  program = await packedVerifier(folder, AbortSignal.timeout(240_000));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('the tarball brings the command, its documents and schemas, and neither dependencies nor the repository', async () => {
  const installed = path.dirname(path.dirname(program));
  expect((await readdir(installed)).toSorted()).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'dist',
    'docs',
    'package.json',
  ]);
  expect((await readdir(path.join(installed, 'docs'))).toSorted()).toEqual(['checks', 'rules']);
  const beside = (await readdir(path.dirname(installed))).filter((name) => !name.startsWith('.'));
  expect(beside).toEqual(['meho-acceptance']);
  const dist = path.join(installed, 'dist');
  const schemas = ['output', 'step-output', 'green-counter', 'network-policy-matrix'].map((of) => `${of}.schema.json`);
  for (const file of [...schemas, 'LICENCES.txt', 'libpg-query.wasm', 'recorder.py']) {
    await access(path.join(dist, file));
  }
  expect((await readdir(dist)).filter((name) => name.endsWith('.ts'))).toEqual([]);
});

test('install-verify runs from it by the name that npm gives it, far from the repository', async () => {
  const authority = await createAuthority();
  const ca = path.join(folder, 'ca.pem');
  await writeFile(ca, authority.certificatePem);
  await using server = await serveStub(authority);
  const command = path.join(folder, 'prefix', 'node_modules', '.bin', 'meho-acceptance');
  const args = ['--host', STUB_HOST, '--connect-to', `127.0.0.1:${server.port}`, '--cacert', ca];
  const ask = (sha: string) =>
    run(command, ['install-verify', ...args, '--expected-git-sha', sha, '--skip-cluster-checks'], {
      cwd: folder,
      env: {
        PATH: path.dirname(process.execPath),
        HOME: folder,
        NODE_PATH: '',
        MEHO_ACCESS_TOKEN: STUB_TOKEN,
        DATABASE_URL: '',
        INSTALL_START_TS: '',
      },
      timeoutMs: 60_000,
      acceptExitCodes: [1],
    });
  const green = await ask(STUB_SHA);
  expect({ exitCode: green.exitCode, stderr: green.stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(green.stdout).toMatch(/^install-verify: passed, 5 hold, 4 not made, /m);
  const red = await ask('0123456789abcdef');
  expect(red.exitCode).toBe(1);
  expect(red.stderr).toMatch(/^\[FAIL\] GET \/version/);
});
