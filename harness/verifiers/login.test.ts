// biome-ignore-all lint/style/noRestrictedImports: the test starts the real provider and plays the person
import path from 'node:path';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serveHttps } from '../http/testing/local-server.ts';
import { approveDevice } from '../services/device-login.ts';
import { configuration, type LocalProvider, localProvider, user } from '../services/testing/local-provider.ts';
import { runLogin } from './login.ts';

let provider: LocalProvider;

beforeAll(async () => {
  provider = await localProvider();
});

afterAll(() => provider[Symbol.asyncDispose]());

interface Asked {
  readonly more?: readonly string[];
  readonly at?: number;
  readonly clientId?: string;
  readonly outIsTerminal?: boolean;
  readonly signal?: AbortSignal;
  /** What the person does with the link; nothing where absent. */
  readonly confirm?: (link: string) => Promise<void>;
}

const confirm = (link: string) => approveDevice(link, user, provider.reach);

async function login({ more = [], at = provider.port, clientId = 'meho-cli', ...asked }: Asked) {
  let [out, err] = ['', ''];
  const people: Promise<void>[] = [];
  const exitCode = await runLogin(
    [
      `--issuer=${configuration.issuer}`,
      `--client-id=${clientId}`,
      `--cacert=${path.join(provider.folder, 'ca.pem')}`,
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
      cwd: provider.folder,
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
    serveHttps(await provider.authority.issue({ dnsNames: [], ipAddresses: ['127.0.0.1'] }), (request, response) => {
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

  // The real one is asked every 5 s: with a bound that a test can wait for, a busy machine may not ask it even once.
  test('an issuer that waits for a person until the time is over ends it with 1', async () => {
    await using patient = await standIn({
      [paths.discovery]: [200, discovery()],
      [paths.device]: [200, device],
      [paths.token]: [400, { error: 'authorization_pending' }],
    });
    const { exitCode, out, err } = await login({ at: patient.port, more: ['--timeout=3'] });
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
    expect(err).toMatch(/\[FAIL\] login: .*nobody has confirmed the code \(authorization_pending\)/);
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
    cwd: provider.folder,
    signal: new AbortController().signal,
  });
  expect(exitCode).toBe(2);
  for (const problem of ['--issuer', '--timeout', '--bogus', '--client-id']) {
    expect(err).toContain(problem);
  }
});
