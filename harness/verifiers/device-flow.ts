import type { Route } from '../http/curl-route.ts';
import { exchange } from '../http/exchange.ts';
import { Problem } from '../problem.ts';
import { holds, never, notYet, type Observation, waitFor } from '../wait/wait-for.ts';

/** The device authorization grant (RFC 8628) as a public client. */

export interface DeviceClient {
  readonly issuer: URL;
  readonly clientId: string;
  /** How each of the issuer's endpoints is reached; they need not be on one host. */
  readonly routeTo: (url: URL) => Route;
  /** Where connections to the issuer's own host are opened instead. */
  readonly connectTo?: { readonly host: string; readonly port: number };
  /** For one answer, in milliseconds. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/** What a person is asked to confirm, and with what the tool asks for the token. Secret but for the first three. */
export interface DeviceCode {
  readonly verificationUri: string;
  /** Absent where the issuer gives none: the code is then typed by hand. */
  readonly verificationUriComplete: string | undefined;
  readonly userCode: string;
  readonly deviceCode: string;
  readonly tokenEndpoint: URL;
  readonly expiresInMs: number;
  readonly intervalMs: number;
}

/** RFC 8628, 3.2: without an interval it is 5 s; 3.5: `slow_down` makes it 5 s longer each time. */
const DEFAULT_INTERVAL_S = 5;
const SLOW_DOWN_MS = 5_000;
const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code';

/**
 * Asks the issuer for a code that a person can confirm.
 *
 * @throws Problem for an issuer that says something else; TransportError where it can't be reached
 */
export async function askForCode(client: DeviceClient): Promise<DeviceCode> {
  const discovery = await discover(client);
  const asked = await ask(client, endpoint(discovery, 'device_authorization_endpoint'), {
    client_id: client.clientId,
    scope: 'openid profile email',
  });
  if (asked.status !== 200) {
    throw unexpected('the issuer to give a device code', asked, 'check --client-id and that its device flow is on');
  }
  const { fields } = asked;
  const intervalS = typeof fields['interval'] === 'number' ? fields['interval'] : DEFAULT_INTERVAL_S;
  const complete = fields['verification_uri_complete'];
  return {
    verificationUri: text(asked, 'verification_uri'),
    verificationUriComplete: typeof complete === 'string' ? complete : undefined,
    userCode: text(asked, 'user_code'),
    deviceCode: text(asked, 'device_code'),
    tokenEndpoint: endpoint(discovery, 'token_endpoint'),
    expiresInMs: typeof fields['expires_in'] === 'number' ? fields['expires_in'] * 1000 : 300_000,
    intervalMs: intervalS * 1000,
  };
}

/**
 * Polls, no oftener than the issuer allows, until the person has confirmed.
 *
 * @returns the access token
 * @throws WaitError with the issuer's word when the person refused, the code expired or the deadline passed
 */
export function awaitToken(client: DeviceClient, code: DeviceCode, deadlineMs: number): Promise<string> {
  let intervalMs = code.intervalMs;
  let dueMs = performance.now() + intervalMs;
  let seen = 'nobody has confirmed the code';
  const probe = async (): Promise<Observation<string>> => {
    if (performance.now() < dueMs) {
      return notYet(seen);
    }
    try {
      const reply = await ask(client, code.tokenEndpoint, {
        grant_type: GRANT_TYPE,
        device_code: code.deviceCode,
        client_id: client.clientId,
      });
      const observation = judge(reply);
      intervalMs += reply.fields['error'] === 'slow_down' ? SLOW_DOWN_MS : 0;
      seen = observation.state === 'holds' ? seen : observation.observed;
      return observation;
    } finally {
      dueMs = performance.now() + intervalMs;
    }
  };
  return waitFor('the login to be confirmed', probe, {
    deadlineMs: Math.min(deadlineMs, code.expiresInMs),
    signal: client.signal,
  });
}

function judge({ status, fields }: Reply): Observation<string> {
  const { access_token: token, error } = fields;
  if (status === 200) {
    return typeof token === 'string' && /^[A-Za-z0-9._~+/-]+=*$/.test(token)
      ? holds(token)
      : never('the issuer answered 200 without an access token');
  }
  const word = typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? error : undefined;
  if (word === 'authorization_pending' || word === 'slow_down') {
    return notYet(`nobody has confirmed the code (${word})`);
  }
  return status >= 500 ? notYet(`the issuer answers ${status}`) : never(word ?? `the issuer answers ${status}`);
}

interface Reply {
  readonly status: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

async function discover(client: DeviceClient): Promise<Reply> {
  const base = client.issuer.href.replace(/\/$/, '');
  const reply = await ask(client, new URL(`${base}/.well-known/openid-configuration`));
  const told = reply.fields['issuer'];
  const next = 'check --issuer: it is the `iss` of the tokens, e.g. https://keycloak.example.org/realms/meho';
  if (reply.status !== 200 || typeof told !== 'string') {
    throw unexpected(`a discovery document of ${base}`, reply, next);
  }
  // OpenID Connect Discovery, 4.3: a document for another issuer is not to be used.
  if (told.replace(/\/$/, '') !== base) {
    throw new Problem({ expected: `a discovery document of ${base}`, observed: `it is for the issuer ${told}`, next });
  }
  return reply;
}

/** Codes and tokens only travel encrypted. */
function endpoint(reply: Reply, name: string): URL {
  const url = URL.parse(text(reply, name));
  if (url?.protocol !== 'https:') {
    throw unexpected(`an https URL as ${name}`, reply, 'look at the discovery document of the issuer');
  }
  return url;
}

async function ask(client: DeviceClient, url: URL, form?: Readonly<Record<string, string>>): Promise<Reply> {
  const { routeTo, connectTo, issuer, deadlineMs, signal } = client;
  const { ca, proxy } = routeTo(url);
  const answer = await exchange({
    url,
    peer: 'issuer',
    ...(form === undefined
      ? {}
      : {
          method: 'POST',
          headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams(form).toString(),
        }),
    tls: ca === undefined ? {} : { ca },
    ...(proxy === undefined ? {} : { proxy }),
    ...(connectTo !== undefined && url.host === issuer.host ? { connectTo } : {}),
    deadlineMs,
    signal,
  });
  return { status: answer.status, fields: fieldsOf(answer.body) };
}

/** No object, no fields: what is missing then is told by whoever looks for it. */
function fieldsOf(body: string): Reply['fields'] {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function text(reply: Reply, name: string): string {
  const value = reply.fields[name];
  if (typeof value !== 'string' || value === '') {
    throw unexpected(`a field ${name}`, reply, 'look at what the issuer answers');
  }
  return value;
}

/** Only the names of fields are shown: their values may be codes and tokens. */
function unexpected(expected: string, { status, fields }: Reply, next: string): Problem {
  const error = typeof fields['error'] === 'string' ? ` (${fields['error']})` : '';
  return new Problem({
    expected,
    observed: `status ${status}${error}, fields ${Object.keys(fields).join(', ') || 'none'}`,
    next,
  });
}
