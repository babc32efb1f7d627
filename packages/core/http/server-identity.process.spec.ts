import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Authority, createAuthority } from '../testing/authority.ts';
import { dns, nameCases } from './testing/certificate-names.ts';
import { curl, hasCurl } from './testing/curl.ts';
import { serveHttps } from './testing/local-server.ts';

let authority: Authority;
let folder: string;

beforeAll(async () => {
  authority = await createAuthority();
  folder = await mkdtemp(path.join(tmpdir(), 'meho-names-'));
  await writeFile(path.join(folder, 'ca.pem'), authority.certificatePem);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const args = (host: string, port: number) => [
  ...['--cacert', path.join(folder, 'ca.pem'), '--connect-to', `::127.0.0.1:${port}`],
  `https://${host}/`,
];

test.runIf(hasCurl).each(nameCases)('for %s curl takes a certificate with %j: %s', async (host, names, asCurl) => {
  await using server = await serveHttps(await authority.issue(names), (_, response) => response.end());
  expect((await curl(args(host, server.port))).exitCode).toBe(asCurl ? 0 : 60);
});

test.runIf(hasCurl)('curl too leaves the dot at the end out of the SNI, not out of the header', async () => {
  const keyPair = await authority.issue(dns('meho.example.com'));
  await using server = await serveHttps(keyPair, ({ socket, headers }, response) => {
    response.end(`${Reflect.get(socket, 'servername')} ${headers.host}`);
  });
  const { stdout } = await curl(args('meho.example.com.', server.port));
  expect(stdout).toBe('meho.example.com meho.example.com.');
});
