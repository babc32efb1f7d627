import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAuthority } from '../contract/testing/stub-backplane.ts';
import { systemRoots } from './system-roots.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'meho-roots-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('the file that SSL_CERT_FILE names stands in for the system’s roots', async () => {
  const { certificatePem } = await createAuthority();
  const file = path.join(folder, 'ca.pem');
  await writeFile(file, certificatePem);
  expect(systemRoots(file)?.map((each) => each.trim())).toEqual([certificatePem.trim()]);
});

test.each([
  ['is not there', undefined],
  ['is empty', ''],
  ['holds something else', 'hello'],
])('one that %s is told, and no other roots are taken for it', async (_, content) => {
  const file = path.join(folder, 'wrong.pem');
  await rm(file, { force: true });
  if (content !== undefined) {
    await writeFile(file, content);
  }
  expect(() => systemRoots(file)).toThrow(/^SSL_CERT_FILE: expected a .*file.*, got ".*wrong\.pem"/);
});
