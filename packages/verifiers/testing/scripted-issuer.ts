import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { type Authority, createAuthority } from '@meho/contract/testing/stub-backplane';
import { type LocalServer, serveHttps } from '@meho/core/http/testing/local-server';
import { type LoginRun, loginWith } from './run-login.ts';

/** A status with JSON, or anything else done to the connection. */
export type ScriptedAnswer =
  | readonly [status: number, body: unknown, headers?: Readonly<Record<string, string>>]
  | ((request: IncomingMessage, response: ServerResponse) => void);

interface Poll {
  readonly form: URLSearchParams;
  readonly atMs: number;
}

/** Defaults to a sound issuer's answers. */
export interface Script {
  readonly discovery?: (good: Readonly<Record<string, unknown>>) => ScriptedAnswer;
  readonly device?: (good: Readonly<Record<string, unknown>>, form: URLSearchParams) => ScriptedAnswer;
  /** Polls so far, this one included. */
  readonly token?: (polls: readonly Poll[]) => ScriptedAnswer;
}

export const ISSUER = 'https://127.0.0.1/realms/meho';
export const TOKEN = `${encodeJson({ alg: 'RS256' })}.${encodeJson({ sub: 'operator', aud: 'meho-backplane' })}.c2lnbmF0dXJl`;
export const DEVICE_CODE = 'the-device-code-nobody-may-see';
export const granted: ScriptedAnswer = [200, { access_token: TOKEN, token_type: 'Bearer', expires_in: 300 }];
export const refused = (error: string, description?: string): ScriptedAnswer => [
  400,
  { error, ...(description === undefined ? {} : { error_description: description }) },
];
export const pending = refused('authorization_pending', 'not yet');

interface ScriptedIssuer extends AsyncDisposable {
  readonly port: number;
  readonly caPem: string;
  readonly polls: readonly Poll[];
  readonly asked: readonly URLSearchParams[];
  login(more?: readonly string[], run?: LoginRun): ReturnType<typeof loginWith>;
}

type IssuerFault = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface IssuerFixture extends AsyncDisposable {
  /** @param fault returns true if it has answered */
  issuer(script?: Script, fault?: IssuerFault): Promise<ScriptedIssuer>;
}

export async function createIssuerFixture(): Promise<IssuerFixture> {
  const folder = await mkdtemp(path.join(tmpdir(), 'meho-issuer-'));
  const authority = await createAuthority();
  const ca = path.join(folder, 'ca.pem');
  await writeFile(ca, authority.certificatePem);
  return {
    issuer: (script = {}, fault) => answerByScript(script, authority, ca, fault),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

async function answerByScript(
  script: Script,
  authority: Authority,
  ca: string,
  fault?: IssuerFault,
): Promise<ScriptedIssuer> {
  const polls: Poll[] = [];
  const asked: URLSearchParams[] = [];
  const answerTo = async (request: IncomingMessage): Promise<ScriptedAnswer> => {
    const form = new URLSearchParams(await text(request));
    switch (`${request.method} ${request.url}`) {
      case 'GET /realms/meho/.well-known/openid-configuration':
        return script.discovery?.(goodDiscovery) ?? [200, goodDiscovery];
      case 'POST /realms/meho/device':
        asked.push(form);
        return script.device?.(goodDevice, form) ?? [200, goodDevice];
      case 'POST /realms/meho/token':
        polls.push({ form, atMs: performance.now() });
        return script.token?.(polls) ?? granted;
      default:
        return [404, { error: 'not_found' }];
    }
  };
  const pair = await authority.issue({ dnsNames: [], ipAddresses: ['127.0.0.1'] });
  const server: LocalServer = await serveHttps(pair, async (request, response) => {
    if (fault?.(request, response) === true) {
      return;
    }
    const answer = await answerTo(request);
    if (typeof answer === 'function') {
      answer(request, response);
      return;
    }
    const [status, body, headers] = answer;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  return {
    port: server.port,
    caPem: authority.certificatePem,
    polls,
    asked,
    login: (more = [], run = {}) =>
      loginWith(
        [
          `--issuer=${ISSUER}`,
          '--client-id=meho-cli',
          `--cacert=${ca}`,
          `--connect-to=127.0.0.1:${server.port}`,
          ...more,
        ],
        run,
      ),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Checks as an issuer that demands PKCE does (RFC 7636, 4.6). */
export function matchesChallenge(verifier: string | null, challenge: string | null): boolean {
  return verifier !== null && createHash('sha256').update(verifier).digest('base64url') === challenge;
}

const goodDiscovery = {
  issuer: ISSUER,
  device_authorization_endpoint: `${ISSUER}/device`,
  token_endpoint: `${ISSUER}/token`,
};
const goodDevice = {
  device_code: DEVICE_CODE,
  user_code: 'ABCD-EFGH',
  verification_uri: `${ISSUER}/v`,
  verification_uri_complete: `${ISSUER}/v?user_code=ABCD-EFGH`,
  expires_in: 600,
  interval: 1,
};

function encodeJson(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
