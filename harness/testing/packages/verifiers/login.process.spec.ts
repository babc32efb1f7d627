// biome-ignore-all lint/style/noRestrictedImports: the test starts the real provider and plays the person
import path from 'node:path';
import { type LoginRun, loginWith } from '@meho/verifiers/testing/run-login';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { approveDevice } from '../../../services/device-login.ts';
import {
  configuration,
  type LocalProvider,
  startLocalProvider,
  user,
} from '../../../services/testing/local-provider.ts';

let provider: LocalProvider;

beforeAll(async () => {
  provider = await startLocalProvider();
});

afterAll(() => provider[Symbol.asyncDispose]());

interface Asked {
  readonly more?: readonly string[];
  readonly at?: number;
  readonly clientId?: string;
  readonly run?: LoginRun;
}

const onInvitation = (link: string) => approveDevice(link, user, provider.reach);

function login({ more = [], at = provider.port, clientId = 'meho-cli', run = {} }: Asked) {
  return loginWith(
    [
      `--issuer=${configuration.issuer}`,
      `--client-id=${clientId}`,
      `--cacert=${path.join(provider.folder, 'ca.pem')}`,
      `--connect-to=127.0.0.1:${at}`,
      ...more,
    ],
    run,
  );
}

describe.concurrent('against the real provider', () => {
  test('a confirmed code gives a token on standard output', async () => {
    const { exitCode, out, err } = await login({ run: { onInvitation } });
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: expect.stringMatching(/^open .*\n\[ok\] logged in\n$/) });
    expect(decodeJwt(out.trim())).toMatchObject({ iss: configuration.issuer, sub: user.sub });
  });

  test('a terminal does not get the token', async () => {
    const { exitCode, out, err } = await login({ run: { onInvitation, outIsTerminal: true } });
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: '' });
    expect(err).toMatch(/the token is not shown on a terminal/);
    expect(err).not.toMatch(/eyJ/);
  });

  test('a terminal gets it when it is asked for', async () => {
    const { exitCode, out } = await login({ run: { onInvitation, outIsTerminal: true }, more: ['--show-token'] });
    expect({ exitCode, sub: decodeJwt(out.trim()).sub }).toEqual({ exitCode: 0, sub: user.sub });
  });

  test('an unknown client ends with 1 and the word of the issuer', async () => {
    const { exitCode, err } = await login({ clientId: 'nobody' });
    expect(exitCode).toBe(1);
    expect(err).toMatch(/^\[FAIL\] login: .*invalid_client.*--client-id/);
  });

  test('an interruption ends with 2', async () => {
    const controller = new AbortController();
    const interrupt = () => controller.abort(new Error('interrupted by SIGINT'));
    const { exitCode, out, err } = await login({ run: { onInvitation: interrupt, signal: controller.signal } });
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toMatch(/error: interrupted by SIGINT: no login\n$/);
  });
});

test('nobody answers: 1', async () => {
  const { exitCode, err } = await login({ at: 1 });
  expect({ exitCode, err }).toEqual({
    exitCode: 1,
    err: expect.stringMatching(
      /^\[FAIL\] login: .*refused.*check --issuer and --connect-to, and that the issuer runs; the issuer refused the connection .*, given up/,
    ),
  });
});

test('bad flags are all told at once, with 2', async () => {
  const { exitCode, err } = await loginWith(['--issuer=http://plain', '--timeout=never', '--bogus']);
  expect(exitCode).toBe(2);
  for (const problem of ['--issuer', '--timeout', '--bogus', '--client-id']) {
    expect(err).toContain(problem);
  }
});
