import type { Route } from '../http/curl-route.ts';
import { exchange, type HttpAnswer } from '../http/exchange.ts';
import { askAgain } from '../http/retry.ts';
import { Problem } from '../problem.ts';
import { refusal } from './device-flow-refusal.ts';
import { type Reply, replyOf } from './device-flow-reply.ts';

/** What the device flow asks of an issuer, and how it is asked. */

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

export type Form = Readonly<Record<string, string>>;

export interface Endpoints {
  readonly deviceAuthorization: URL;
  readonly token: URL;
}

const KNOWS_ITS_ADDRESS =
  'the issuer must know the https address it is reached at: behind a proxy that ends TLS, set that for it (Keycloak: --hostname=https://… or --proxy-headers=xforwarded); its tokens would name http as well, and login sends no code over http';

/**
 * The endpoints that the issuer's discovery document names.
 *
 * @throws Problem for a document that is none, or is another issuer's; TransportError where none came
 */
export async function discover(client: DeviceClient): Promise<Endpoints> {
  const base = withoutSlash(client.issuer.href);
  const reply = await ask(client, new URL(`${base}/.well-known/openid-configuration`));
  const expected = `a discovery document of ${base}`;
  const told = reply.fields['issuer'];
  if (reply.status !== 200 || typeof told !== 'string') {
    throw refusal({ expected, step: 'discovery', reply, clientId: client.clientId });
  }
  const named = URL.parse(told);
  // OpenID Connect Discovery, 4.3: a document for another issuer is not to be used.
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

/** One request, asked again while the issuer is in trouble, as long as one answer may take. */
export function ask(client: DeviceClient, url: URL, form?: Form): Promise<Reply> {
  const { deadlineMs, signal } = client;
  return askAgain((leftMs) => askOnce(client, url, form, leftMs), {
    whom: 'the issuer',
    deadlineMs,
    signal,
    // A discovery document stays as it is, and a code that nobody was told of expires by itself.
    ifPerhapsDone: 'repeat',
  });
}

/** One request, with the answer made fit to be looked at. */
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
