import type { Route } from '@meho/core/http/curl-route';
import { exchange, type HttpAnswer } from '@meho/core/http/exchange';
import { retryRequest } from '@meho/core/http/retry';
import { Problem } from '@meho/core/problem';
import { refusal } from './device-flow-refusal.ts';
import { type Reply, replyOf } from './device-flow-reply.ts';

export interface DeviceClient {
  readonly issuer: URL;
  readonly clientId: string;
  /** The endpoints may be on different hosts. */
  readonly routeTo: (url: URL) => Route;
  /** Connects here instead of the issuer's host. */
  readonly connectTo?: { readonly host: string; readonly port: number };
  /** Per answer. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

export type Form = Readonly<Record<string, string>>;

export interface Endpoints {
  readonly deviceAuthorization: URL;
  readonly token: URL;
}

const KNOWS_ITS_ADDRESS =
  'the issuer must know the https address it is reached at: behind a proxy that ends TLS, set that for it (Keycloak: --hostname=https://… or --proxy-headers=xforwarded); its tokens would name http as well, and login sends no code over http';

/** @throws Problem for an invalid document or another issuer's; TransportError if none came */
export async function discover(client: DeviceClient): Promise<Endpoints> {
  const base = withoutSlash(client.issuer.href);
  const reply = await ask(client, new URL(`${base}/.well-known/openid-configuration`));
  const expected = `a discovery document of ${base}`;
  const told = reply.fields['issuer'];
  if (reply.status !== 200 || typeof told !== 'string') {
    throw refusal({ expected, step: 'discovery', reply, clientId: client.clientId });
  }
  const named = URL.parse(told);
  // OpenID Connect Discovery 4.3 forbids another issuer's document.
  if (named === null || withoutSlash(named.href) !== base) {
    throw new Problem({
      expected,
      observed: `it is for the issuer ${reply.safe(told)}`,
      next: otherIssuer(named, client.issuer),
    });
  }
  return {
    deviceAuthorization: endpoint(reply, 'device_authorization_endpoint', client),
    token: endpoint(reply, 'token_endpoint', client),
  };
}

/** Retries while the issuer has trouble, within one answer's deadline. */
export function ask(client: DeviceClient, url: URL, form?: Form): Promise<Reply> {
  const { deadlineMs, signal } = client;
  return retryRequest((leftMs) => askOnce(client, url, form, leftMs), {
    whom: 'the issuer',
    deadlineMs,
    signal,
    // Discovery is idempotent; an unused code expires.
    ifPerhapsDone: 'repeat',
  });
}

export async function askOnce(client: DeviceClient, url: URL, form: Form | undefined, leftMs: number): Promise<Reply> {
  const { routeTo, connectTo, issuer, deadlineMs, signal } = client;
  const { ca, proxy } = routeTo(url);
  const answer: HttpAnswer = await exchange({
    url,
    peer: 'issuer',
    headers: {
      accept: 'application/json',
      ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
    },
    ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form).toString() }),
    tls: ca === undefined ? {} : { ca },
    ...(proxy === undefined ? {} : { proxy }),
    ...(connectTo !== undefined && url.host === issuer.host ? { connectTo } : {}),
    deadlineMs: Math.max(1, Math.ceil(Math.min(deadlineMs, leftMs))),
    signal,
  });
  return replyOf(answer, url, form);
}

function otherIssuer(named: URL | null, asked: URL): string {
  if (named?.protocol === 'http:') {
    return KNOWS_ITS_ADDRESS;
  }
  const flag = named?.protocol === 'https:' && named.host === asked.host ? ` (here --issuer=${named.href})` : '';
  return `check --issuer: it is the \`iss\` of the tokens, to the letter${flag}`;
}

/** Codes and tokens only travel encrypted. */
function endpoint(reply: Reply, name: string, { clientId }: DeviceClient): URL {
  const value = reply.fields[name];
  if (value === undefined && name === 'device_authorization_endpoint') {
    throw new Problem({
      expected: `a device flow: ${name} in the discovery document`,
      observed: 'it names none',
      next: `switch the device authorization grant on at the issuer, for ${clientId} as well, or get the token another way and set MEHO_ACCESS_TOKEN`,
    });
  }
  const url = typeof value === 'string' ? URL.parse(value) : null;
  if (url?.protocol === 'https:') {
    return url;
  }
  throw new Problem({
    expected: `an https URL as ${name} of the discovery document`,
    observed: typeof value === 'string' ? reply.safe(value) : `${value === undefined ? 'none' : `a ${typeof value}`}`,
    next: url?.protocol === 'http:' ? KNOWS_ITS_ADDRESS : "look at the issuer's discovery document",
  });
}

function withoutSlash(text: string): string {
  return text.replace(/\/$/, '');
}
