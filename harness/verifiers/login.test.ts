// biome-ignore-all lint/style/noRestrictedImports: the test starts the real provider and plays the person
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serveHttps } from '../http/testing/local-server.ts';
import type { Configuration } from '../images/openid/program/configuration.ts';
import { Keyring } from '../images/openid/program/keyring.ts';
import { issuerServer } from '../images/openid/program/server.ts';
import { type Authority, createAuthority } from '../ingress/authority.ts';
import { approveDevice } from '../services/device-login.ts';
import { runLogin } from './login.ts';

const user = {
  username: 'operator',
  password: 'correct horse',
  sub: '5ac4b1c2-6b5c-4f0e-9d3e-0f4a3f8f6a11',
  name: 'Operator One',
  email: 'operator@example.com',
  tenantId: 'd2f1a6de-31ab-4f2c-a3a5-6a8d0a1b2c3d',
  tenantRole: 'operator',
};
const configuration: Configuration = {
  issuer: 'https://127.0.0.1/realms/meho',
  audience: 'meho-backplane',
  clientId: 'meho-cli',
  users: [user],
  tokenLifetimeS: 300,
  controlKey: 'not-used-here',
};

let folder: string;
let authority: Authority;
let server: Server;
let port: number;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'meho-login-'));
  authority = await createAuthority();
  await writeFile(path.join(folder, 'ca.pem'), authority.certificatePem);
  const keyring = await Keyring.open(path.join(folder, 'keys.json'));
  const { privateKeyPem: key, certificatePem: cert } = await authority.issue({
    dnsNames: [],
    ipAddresses: ['127.0.0.1'],
  });
  server = issuerServer(configuration, keyring, { key, cert }, () => undefined).server;
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});

afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

interface Asked {
  readonly more?: readonly string[];
  readonly at?: number;
  readonly clientId?: string;
  readonly outIsTerminal?: boolean;
  readonly signal?: AbortSignal;
  /** What the person does with the link; nothing where absent. */
  readonly confirm?: (link: string) => Promise<void>;
}

const confirm = (link: string) =>
  approveDevice(link, user, { ca: authority.certificatePem, connectTo: { host: '127.0.0.1', port } });

async function login({ more = [], at = port, clientId = 'meho-cli', ...asked }: Asked) {
  let [out, err] = ['', ''];
  const people: Promise<void>[] = [];
  const exitCode = await runLogin(
    [
      `--issuer=${configuration.issuer}`,
      `--client-id=${clientId}`,
      `--cacert=${path.join(folder, 'ca.pem')}`,
      `--connect-to=127.0.0.1:${at}`,
      ...more,
    ],
    {
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
        const link = /https:\/\/\S+/.exec(text)?.[0];
        if (link !== undefined && asked.confirm !== undefined) {
          people.push(asked.confirm(link));
        }
      },
      outIsTerminal: asked.outIsTerminal ?? false,
      cwd: folder,
      signal: asked.signal ?? new AbortController().signal,
    },
  );
  await Promise.all(people);
  return { exitCode, out, err };
}

describe.concurrent('against the real provider', () => {
  test('a confirmed code gives a token on standard output', async () => {
    const { exitCode, out, err } = await login({ confirm });
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: expect.stringMatching(/^open .*\n\[ok\] logged in\n$/) });
    expect(decodeJwt(out.trim())).toMatchObject({ iss: configuration.issuer, sub: user.sub });
  });

  test('a terminal does not get the token', async () => {
    const { exitCode, out, err } = await login({ confirm, outIsTerminal: true });
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: '' });
    expect(err).toMatch(/the token is not shown on a terminal/);
    expect(err).not.toMatch(/eyJ/);
  });

  test('a terminal gets it when it is asked for', async () => {
    const { exitCode, out } = await login({ confirm, outIsTerminal: true, more: ['--show-token'] });
    expect({ exitCode, sub: decodeJwt(out.trim()).sub }).toEqual({ exitCode: 0, sub: user.sub });
  });

  test('a code that nobody confirms ends with 1', async () => {
    const { exitCode, out, err } = await login({ more: ['--timeout=6'] });
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
    expect(err).toMatch(/\[FAIL\] login: .*nobody has confirmed the code \(authorization_pending\)/);
  });

  test('an unknown client ends with 1 and the word of the issuer', async () => {
    const { exitCode, err } = await login({ clientId: 'nobody' });
    expect(exitCode).toBe(1);
    expect(err).toMatch(/^\[FAIL\] login: .*invalid_client.*--client-id/);
  });

  test('an interruption ends with 2', async () => {
    const controller = new AbortController();
    const interrupt = async () => controller.abort(new Error('interrupted by SIGINT'));
    const { exitCode, out, err } = await login({ confirm: interrupt, signal: controller.signal });
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toMatch(/error: interrupted by SIGINT: no login\n$/);
  });
});

describe('where there is no such issuer', () => {
  const discovery = (more: object = {}) => ({
    issuer: configuration.issuer,
    device_authorization_endpoint: `${configuration.issuer}/device`,
    token_endpoint: `${configuration.issuer}/token`,
    ...more,
  });
  const device = { device_code: 'd', user_code: 'U', verification_uri: 'https://127.0.0.1/v', interval: 0.1 };
  const standIn = async (answers: Readonly<Record<string, readonly [number, object]>>) =>
    serveHttps(await authority.issue({ dnsNames: [], ipAddresses: ['127.0.0.1'] }), (request, response) => {
      const [status, body] = answers[request.url ?? ''] ?? [404, {}];
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  const paths = {
    discovery: '/realms/meho/.well-known/openid-configuration',
    device: '/realms/meho/device',
    token: '/realms/meho/token',
  };

  test('nobody answers: 1', async () => {
    const { exitCode, err } = await login({ at: 1 });
    expect({ exitCode, err }).toEqual({ exitCode: 1, err: expect.stringMatching(/^\[FAIL\] login: .*refused/) });
  });

  test('a document for another issuer is not used: 1', async () => {
    await using other = await standIn({
      [paths.discovery]: [200, discovery({ issuer: 'https://elsewhere/realms/x' })],
    });
    const { exitCode, err } = await login({ at: other.port });
    expect(exitCode).toBe(1);
    expect(err).toMatch(/it is for the issuer https:\/\/elsewhere\/realms\/x; check --issuer/);
  });

  test('an endpoint without encryption is not used: 1', async () => {
    await using plain = await standIn({
      [paths.discovery]: [200, discovery({ token_endpoint: 'http://127.0.0.1/realms/meho/token' })],
      [paths.device]: [200, device],
    });
    const { exitCode, err } = await login({ at: plain.port });
    expect({ exitCode, err }).toEqual({ exitCode: 1, err: expect.stringMatching(/an https URL as token_endpoint/) });
  });

  test.each([
    [[400, { error: 'access_denied' }], /access_denied/],
    [[400, { error: 'expired_token' }], /expired_token/],
    [[200, { access_token: 'not a token' }], /200 without an access token/],
  ] as const)('an issuer that answers %j ends it with 1', async (answer, reason) => {
    await using refusing = await standIn({
      [paths.discovery]: [200, discovery()],
      [paths.device]: [200, device],
      [paths.token]: answer,
    });
    const { exitCode, out, err } = await login({ at: refusing.port });
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
    expect(err).toMatch(reason);
  });

  test('text of the issuer can not forge a line', async () => {
    await using forging = await standIn({
      [paths.discovery]: [200, discovery()],
      [paths.device]: [200, { ...device, user_code: 'U\n[ok] logged in\u001b[2J' }],
      [paths.token]: [400, { error: 'access_denied' }],
    });
    const { err } = await login({ at: forging.port });
    expect(err.split('\n').filter((line) => line.startsWith('[ok]'))).toEqual([]);
    expect(err).not.toContain('\u001b');
  });
});

test('bad flags are all told at once, with 2', async () => {
  let err = '';
  const exitCode = await runLogin(['--issuer=http://plain', '--timeout=never', '--bogus'], {
    out: () => undefined,
    err: (text) => {
      err += text;
    },
    outIsTerminal: false,
    cwd: folder,
    signal: new AbortController().signal,
  });
  expect(exitCode).toBe(2);
  for (const problem of ['--issuer', '--timeout', '--bogus', '--client-id']) {
    expect(err).toContain(problem);
  }
});
