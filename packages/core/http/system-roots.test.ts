import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Authority, createAuthority } from '../testing/authority.ts';
import { type FolderReader, systemRoots } from './system-roots.ts';
import { curl, hasCurl } from './testing/curl.ts';
import { type LocalServer, serveHttps } from './testing/local-server.ts';

let folder: string;
let lab: Authority;
let other: Authority;
let server: LocalServer;

beforeAll(async () => {
  [lab, other] = await Promise.all([createAuthority('lab'), createAuthority('other')]);
  server = await serveHttps(await lab.issue({ dnsNames: ['localhost'] }), (_, response) => response.end('here'));
});
afterAll(() => server[Symbol.asyncDispose]());

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'meho-roots-'));
  return () => rm(folder, { recursive: true, force: true });
});

async function fileOf(name: string, content: string): Promise<string> {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, content);
  return file;
}

function isTrusted(authority: Authority, variables: Parameters<typeof systemRoots>[0], reader: FolderReader): boolean {
  return systemRoots(variables, reader)?.includes(authority.certificatePem.trim()) ?? false;
}

describe.each(['go', 'openssl'] as const)('as %s reads them', (reader) => {
  test('the file that SSL_CERT_FILE names is trusted', async () => {
    const sslCertFile = await fileOf('ca.pem', `# the lab's\n${lab.certificatePem}`);
    expect(isTrusted(lab, { sslCertFile }, reader)).toBe(true);
    expect(isTrusted(other, { sslCertFile }, reader)).toBe(false);
  });

  test.each([
    ['is not there', undefined],
    ['is empty', ''],
    ['holds something else', 'hello'],
    ['holds nothing that can be read', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
  ])('one that %s is told, and no other roots are taken for it', async (_, content) => {
    const sslCertFile = content === undefined ? path.join(folder, 'wrong.pem') : await fileOf('wrong.pem', content);
    expect(() => systemRoots({ sslCertFile }, reader)).toThrow(
      /^SSL_CERT_FILE: expected a .*file.*, got ".*wrong\.pem"/,
    );
  });

  test('a block that can not be read hides none behind it', async () => {
    const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    const sslCertFile = await fileOf('ca.pem', broken + lab.certificatePem);
    expect(isTrusted(lab, { sslCertFile }, reader)).toBe(true);
  });

  test('both variables count together, and keep the system out', async () => {
    const sslCertFile = await fileOf('ca.pem', lab.certificatePem);
    await fileOf('certs/0a1b2c3d.0', other.certificatePem);
    const roots = systemRoots({ sslCertFile, sslCertDir: path.join(folder, 'certs') }, reader);
    expect(roots?.toSorted()).toEqual([lab, other].map((each) => each.certificatePem.trim()).toSorted());
  });

  test('of several folders all count; those that are not there and what is no certificate hold none', async () => {
    await fileOf('one/0a1b2c3d.0', lab.certificatePem);
    await fileOf('one/0a1b2c3d.1', 'hello');
    await fileOf('two/ffffffff.0', other.certificatePem);
    const sslCertDir = ['one', 'missing', 'two'].map((name) => path.join(folder, name)).join(':');
    expect([lab, other].map((each) => isTrusted(each, { sslCertDir }, reader))).toEqual([true, true]);
  });
});

test('a folder that nobody has hashed is read by Go alone', async () => {
  await fileOf('certs/lab.pem', lab.certificatePem);
  const variables = { sslCertDir: path.join(folder, 'certs') };
  expect(isTrusted(lab, variables, 'go')).toBe(true);
  expect(isTrusted(lab, variables, 'openssl')).toBe(false);
});

test.each(['TRUSTED', 'X509'])('a certificate marked %s is one to OpenSSL, and none to Go', async (word) => {
  const marked = lab.certificatePem.replaceAll(' CERTIFICATE', ` ${word} CERTIFICATE`);
  // An empty folder keeps the system out.
  const variables = { sslCertFile: await fileOf('ca.pem', marked + other.certificatePem), sslCertDir: '/none' };
  expect(systemRoots(variables, 'openssl')).toEqual([marked.trim(), other.certificatePem.trim()]);
  expect(systemRoots(variables, 'go')).toEqual([other.certificatePem.trim()]);
});

test("curl's own variable is for what stands in for curl", async () => {
  const variables = { curlCaBundle: await fileOf('ca.pem', lab.certificatePem) };
  expect(isTrusted(lab, variables, 'openssl')).toBe(true);
  expect(isTrusted(lab, variables, 'go')).toBe(false);
});

describe.runIf(hasCurl)('curl', () => {
  const ask = async (env: Record<string, string>) => (await curl([`https://localhost:${server.port}/`], env)).exitCode;

  test.each(['SSL_CERT_FILE', 'CURL_CA_BUNDLE'])('trusts the file that %s names, and ours does', async (variable) => {
    expect(await ask({ [variable]: await fileOf('lab.pem', lab.certificatePem) })).toBe(0);
    expect(await ask({ [variable]: await fileOf('other.pem', other.certificatePem) })).toBe(60);
  });

  test('takes no certificate of a folder that nobody has hashed', async () => {
    await fileOf('certs/lab.pem', lab.certificatePem);
    expect(await ask({ SSL_CERT_DIR: path.join(folder, 'certs') })).toBe(60);
  });
});
