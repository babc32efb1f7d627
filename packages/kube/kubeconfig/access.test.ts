import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createSelfSigned } from '@meho/core/http/testing/self-signed';
import { UsageError } from '@meho/core/problem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { type AccessOptions, findAccess } from './access.ts';

const signal = new AbortController().signal;
let folder: string;
let counter = 0;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kubeconfig-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(content: unknown): Promise<string> {
  counter += 1;
  const name = path.join(folder, `config-${counter}`);
  await writeFile(name, typeof content === 'string' ? content : stringify(content));
  return name;
}

const cluster = (name: string, server = `https://${name}.example.com:6443`) => ({ name, cluster: { server } });
const user = (name: string, fields: object = { token: `token-of-${name}` }) => ({ name, user: fields });
const context = (name: string) => ({ name, context: { cluster: name, user: name } });
const config = (names: readonly string[], more: object = {}) => ({
  ...{ clusters: names.map((name) => cluster(name)), users: names.map((name) => user(name)) },
  ...{ contexts: names.map(context), 'current-context': names[0], ...more },
});

async function problemOf(options: Partial<AccessOptions>): Promise<string> {
  const error: unknown = await findAccess({ signal, ...options }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UsageError);
  return error instanceof UsageError ? error.problems.join('\n') : '';
}

describe('which cluster', () => {
  test('the current context, or the one that is named', async () => {
    const two = await file(config(['lab', 'prod'], { 'current-context': 'lab' }));
    expect((await findAccess({ file: two, signal }))?.server.host).toBe('lab.example.com:6443');
    expect((await findAccess({ file: two, context: 'prod', signal }))?.server.host).toBe('prod.example.com:6443');
  });

  test('several files are one, and of entries of one name the first counts', async () => {
    const first = await file(config(['lab'], { 'current-context': 'lab' }));
    const second = await file({
      ...config(['lab', 'prod'], { 'current-context': 'prod' }),
      clusters: [cluster('lab', 'https://wrong'), cluster('prod')],
    });
    const variable = [first, path.join(folder, 'missing'), second].join(path.delimiter);
    expect((await findAccess({ variable, signal }))?.server.host).toBe('lab.example.com:6443');
    expect((await findAccess({ variable, context: 'prod', signal }))?.server.host).toBe('prod.example.com:6443');
  });

  test('where none is current one has to be named: kubectl would ask localhost', async () => {
    for (const names of [['lab'], ['lab', 'prod']]) {
      const none = await file(config(names, { 'current-context': '' }));
      expect(await problemOf({ file: none })).toContain(
        `no context is current (current-context); give --context with one of ${names.join(', ')}`,
      );
      expect((await findAccess({ file: none, context: 'lab', signal }))?.server.host).toBe('lab.example.com:6443');
    }
  });

  test.each<[string, object | string, Partial<AccessOptions>, RegExp]>([
    ['a context that is not there', config(['lab']), { context: 'x' }, /no context x; it has lab/],
    ['a cluster that is not there', { ...config(['lab']), clusters: [] }, {}, /names cluster lab, which is not there/],
    ['a user that is not there', { ...config(['lab']), users: [] }, {}, /names user lab, which is not there/],
    ['no contexts', {}, {}, /has no contexts/],
    ['no YAML', 'a: [', {}, /expected YAML/],
    ['a list', '- a', {}, /expected a kubeconfig, got a list/],
    ['another kind', 'kind: Pod', {}, /expected kind Config of apiVersion v1/],
    ['no server', { ...config(['lab']), clusters: [cluster('lab', 'nonsense')] }, {}, /server: expected a URL/],
    [
      'a login that is not supported',
      { ...config(['lab']), users: [user('lab', { 'auth-provider': { name: 'gcp' } })] },
      {},
      /auth-provider gcp, which kubectl no longer has either/,
    ],
  ])('%s', async (_, content, options, problem) => {
    expect(await problemOf({ file: await file(content), ...options })).toMatch(problem);
  });

  test('a file that is not there', async () => {
    expect(await problemOf({ file: path.join(folder, 'none') })).toMatch(/expected a readable file/);
    expect(await problemOf({ variable: path.join(folder, 'none') })).toMatch(/does not exist/);
  });
});

describe('which identity', () => {
  const withUser = async (fields: object) => file({ ...config(['lab']), users: [user('lab', fields)] });

  test('a token, a token file, a certificate', async () => {
    const { certificatePem, privateKeyPem } = await createSelfSigned('client');
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    await writeFile(path.join(folder, 'token'), 'from-a-file\n');
    const token = await findAccess({ file: await withUser({ token: 'abc' }), signal });
    const tokenFile = await findAccess({ file: await withUser({ tokenFile: 'token' }), signal });
    const data = { 'client-certificate-data': base64(certificatePem), 'client-key-data': base64(privateKeyPem) };
    const certificate = await findAccess({ file: await withUser(data), signal });
    expect(await token?.identity.credentials()).toMatchObject({ token: 'abc' });
    expect(await tokenFile?.identity.credentials()).toMatchObject({ token: 'from-a-file' });
    expect(await certificate?.identity.credentials()).toMatchObject({
      cert: certificatePem.trim(),
      key: privateKeyPem.trim(),
    });
  });

  test('an expired client certificate is named as that', async () => {
    const validity = { notBefore: new Date('2020-01-01'), notAfter: new Date('2020-01-02') };
    const { certificatePem, privateKeyPem } = await createSelfSigned('client', validity);
    await writeFile(path.join(folder, 'old.crt'), certificatePem);
    await writeFile(path.join(folder, 'old.key'), privateKeyPem);
    const expired = await withUser({ 'client-certificate': 'old.crt', 'client-key': 'old.key' });
    expect(await problemOf({ file: expired })).toMatch(/client certificate of user lab expired on/);
    const keyless = await withUser({ 'client-certificate': 'old.crt' });
    expect(await problemOf({ file: keyless })).toMatch(/has no key/);
  });

  const v1 = { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never' };

  const plugin = async (script: string): Promise<object> => {
    counter += 1;
    const command = path.join(folder, `plugin-${counter}`);
    await writeFile(command, `#!/bin/sh\n${script}\n`);
    await chmod(command, 0o755);
    return { exec: { ...v1, command, installHint: 'apt install it' } };
  };

  test('an exec plugin gives the token', async () => {
    const credential = {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: 'xyz' },
    };
    const access = await findAccess({
      file: await withUser(await plugin(`echo '${JSON.stringify(credential)}'`)),
      signal,
    });
    expect(await access?.identity.credentials()).toMatchObject({ token: 'xyz' });
  });

  test('is asked again for credentials that have run out, also by what cleans up after an interrupt', async () => {
    const status = { token: 'xyz', expirationTimestamp: '2026-01-01T00:00:00Z' };
    const credential = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status };
    const asked = path.join(folder, 'asked');
    const interrupt = new AbortController();
    const access = await findAccess({
      file: await withUser(await plugin(`echo x >> '${asked}'; echo '${JSON.stringify(credential)}'`)),
      signal: interrupt.signal,
    });
    interrupt.abort(new Error('interrupted'));
    expect(await access?.identity.credentials()).toMatchObject({ token: 'xyz' });
    expect(await readFile(asked, 'utf8')).toBe('x\nx\n');
  });

  test.each([
    [
      'fails',
      'echo "no such profile" >&2; exit 3',
      /ended with exit code 3 \(plugin-\d+\); its last words: no such profile/,
    ],
    ['prints no JSON', 'echo hello', /something other than JSON/],
    ['prints another object', 'echo "{}"', /no ExecCredential/],
  ])('an exec plugin that %s', async (_, script, problem) => {
    const seen = await problemOf({ file: await withUser(await plugin(script)) });
    expect(seen).toMatch(problem);
    expect(seen).not.toContain('secret-thing');
  });

  test('an exec plugin that is not there', async () => {
    const exec = {
      ...v1,
      command: 'no-such-plugin',
      installHint: 'apt install it',
    };
    expect(await problemOf({ file: await withUser({ exec }) })).toMatch(
      /can't be run \(no-such-plugin\); apt install it/,
    );
  });
});

describe('in a pod', () => {
  const inCluster = { host: 'fd00::1', port: '443' };
  const serviceAccount = async (files: Readonly<Record<string, string>>) => {
    const account = await mkdtemp(path.join(folder, 'account-'));
    await Promise.all(Object.entries(files).map(([name, text]) => writeFile(path.join(account, name), text)));
    return account;
  };

  test('its service account, with the token as it is now, where no kubeconfig says anything', async () => {
    const { certificatePem } = await createSelfSigned('kube');
    const account = await serviceAccount({ token: 'first\n', 'ca.crt': certificatePem });
    const empty = await file('');
    for (const variable of [path.join(folder, 'none'), empty, `${empty}${path.delimiter}${await file('{}')}`]) {
      const access = await findAccess({ variable, inCluster, serviceAccount: account, signal });
      expect(access?.server.href).toBe('https://[fd00::1]/');
      expect(access?.origin).toMatchObject({ from: 'service-account', credentials: 'service account token' });
      expect(await access?.identity.credentials()).toEqual({ token: 'first' });
      await writeFile(path.join(account, 'token'), 'second');
      expect(await access?.identity.credentials()).toEqual({ token: 'second' });
      await writeFile(path.join(account, 'token'), 'first');
    }
  });

  test('a kubeconfig goes before it', async () => {
    const account = await serviceAccount({ token: 'x', 'ca.crt': '' });
    const variable = await file(config(['lab']));
    const access = await findAccess({ variable, inCluster, serviceAccount: account, signal });
    expect(access?.server.host).toBe('lab.example.com:6443');
  });

  test('without a token it has none; with a broken certificate it says so', async () => {
    const none = await serviceAccount({});
    expect(
      await findAccess({ variable: await file(config(['lab'])), inCluster, serviceAccount: none, signal }),
    ).toBeDefined();
    const broken = await serviceAccount({ token: 'x', 'ca.crt': 'hello' });
    const variable = path.join(folder, 'none');
    expect(await problemOf({ variable, inCluster, serviceAccount: broken })).toMatch(/ca\.crt holds no certificate/);
    expect(await problemOf({ variable, inCluster, serviceAccount: none })).toMatch(/does not exist/);
  });
});
