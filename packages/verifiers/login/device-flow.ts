import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { recordHiccup } from '@meho/core/http/hiccups';
import { retryAfterMs, retryRequest } from '@meho/core/http/retry';
import { TransportError } from '@meho/core/http/transport-error';
import { Problem } from '@meho/core/problem';
import { ask, askOnce, type DeviceClient, discover } from './device-flow-issuer.ts';
import { refusal } from './device-flow-refusal.ts';
import { type Reply, seconds } from './device-flow-reply.ts';
import { intervalMs, PollSchedule } from './device-flow-schedule.ts';
import { type DeviceToken, tokenOf } from './device-flow-token.ts';
import { formatDuration } from './login-lines.ts';

/** The device authorization grant (RFC 8628) as a public client, with PKCE (RFC 7636), which some issuers demand. */

/** All but the first three are secret. */
export interface DeviceCode {
  /** Absent if invalid; only the link with the code remains. */
  readonly verificationUri: URL | undefined;
  /** If absent, the user types the code. */
  readonly verificationUriComplete: URL | undefined;
  readonly userCode: string;
  readonly deviceCode: string;
  readonly codeVerifier: string;
  readonly tokenEndpoint: URL;
  /** On the clock of `performance.now()`. */
  readonly askedAtMs: number;
  /** Undefined if the issuer doesn't say. */
  readonly expiresInMs: number | undefined;
  readonly intervalMs: number;
}

const WHOM = 'the issuer';
const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code';
const LONGEST_LIFE_S = 86_400;
const LONGEST_LINK = 2048;
/** For the answer to the last poll: time is up by then. */
const LAST_ANSWER_MS = 3000;
/** Leaves time for the last. */
const EARLIER_ANSWER_MS = 1000;
/** An expired code's answer says nothing, so the last poll is earlier. */
const BEFORE_EXPIRY_MS = 500;

/** @throws Problem for an unexpected answer; TransportError if the issuer can't be reached */
export async function askForCode(client: DeviceClient): Promise<DeviceCode> {
  const endpoints = await discover(client);
  const codeVerifier = randomBytes(32).toString('base64url');
  const askedAtMs = performance.now();
  const reply = await ask(client, endpoints.deviceAuthorization, {
    client_id: client.clientId,
    scope: 'openid profile email',
    code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  if (reply.status !== 200 || !reply.isObject || reply.error !== undefined) {
    const expected = 'the issuer to give a device code';
    throw refusal({ expected, step: 'code', reply, clientId: client.clientId });
  }
  return {
    ...linksOf(reply),
    userCode: userCodeOf(reply),
    deviceCode: text(reply, 'device_code'),
    codeVerifier,
    tokenEndpoint: endpoints.token,
    askedAtMs,
    expiresInMs: lifeOf(reply),
    intervalMs: intervalMs(seconds(reply.fields['interval'])),
  };
}

/**
 * Polls until the user has confirmed.
 * @param forMs from now @throws Problem with the issuer's word on refusal, expiry or timeout
 */
export async function awaitToken(client: DeviceClient, code: DeviceCode, forMs: number): Promise<DeviceToken> {
  const startedMs = performance.now();
  const lastMs = lastPollAt(code, startedMs, forMs);
  const schedule = new PollSchedule(code.intervalMs, lastMs);
  let dueMs = schedule.after(startedMs);
  const within = formatDuration(patienceMs(code, forMs));
  const troubles: string[] = [];
  let firstTroubleMs: number | undefined;
  while (true) {
    await delay(Math.max(0, Math.ceil(dueMs - performance.now())), undefined, { signal: client.signal });
    const sentAtMs = performance.now();
    const isLast = dueMs >= lastMs;
    const endMs = lastMs + (isLast ? LAST_ANSWER_MS : EARLIER_ANSWER_MS);
    const outcome = await poll(client, code, { leftMs: endMs - sentAtMs, isLast });
    if ('token' in outcome) {
      const afterMs = performance.now() - (firstTroubleMs ?? sentAtMs);
      recordHiccup({ whom: WHOM, troubles, isAnswered: true, afterMs });
      return outcome.token;
    }
    if (outcome.trouble !== undefined) {
      firstTroubleMs ??= sentAtMs;
      troubles.push(outcome.trouble);
    }
    if (isLast) {
      throw new Problem({
        expected: `the code to be confirmed within ${within}`,
        observed: outcome.seen,
        next: 'run it again for a new code; where the browser showed an error, that comes first',
      });
    }
    outcome.adjust?.(schedule);
    dueMs = schedule.after(performance.now(), outcome.waitMs);
  }
}

/** Time left until the code expires or our deadline. */
export function patienceMs({ expiresInMs, askedAtMs }: DeviceCode, forMs: number): number {
  // In whole seconds, as the code's lifetime is.
  const onTheWayMs = Math.floor((performance.now() - askedAtMs) / 1000) * 1000;
  return expiresInMs === undefined ? forMs : Math.max(0, Math.min(forMs, expiresInMs - onTheWayMs));
}

function lastPollAt({ expiresInMs, askedAtMs }: DeviceCode, nowMs: number, forMs: number): number {
  const ours = nowMs + forMs;
  if (expiresInMs === undefined) {
    return ours;
  }
  const theirs = askedAtMs + expiresInMs - Math.min(BEFORE_EXPIRY_MS, expiresInMs / 10);
  return Math.max(nowMs, Math.min(ours, theirs));
}

type Outcome =
  | { readonly token: DeviceToken }
  | {
      readonly seen: string;
      /** E.g. `said 429`. */
      readonly trouble?: string;
      readonly adjust?: (schedule: PollSchedule) => void;
      /** Requested by the issuer. */
      readonly waitMs?: number | undefined;
    };

/** The schedule retries, except for the last poll. */
async function poll(
  client: DeviceClient,
  code: DeviceCode,
  { leftMs, isLast }: { readonly leftMs: number; readonly isLast: boolean },
): Promise<Outcome> {
  const form = {
    grant_type: GRANT_TYPE,
    device_code: code.deviceCode,
    client_id: client.clientId,
    code_verifier: code.codeVerifier,
  };
  const once = (ms: number) => askOnce(client, code.tokenEndpoint, form, ms);
  const { signal } = client;
  try {
    const reply = isLast
      ? await retryRequest(once, { whom: WHOM, deadlineMs: leftMs, signal, ifPerhapsDone: 'repeat' })
      : await once(leftMs);
    return judge(reply, client);
  } catch (error) {
    if (!(error instanceof TransportError) || !isPassing(error)) {
      throw error;
    }
    const isTimeout = error.failure.endsWith('-timeout');
    return {
      seen: `no answer of the issuer: ${error.observed}`,
      trouble: isTimeout ? 'did not answer in time' : 'gave no answer',
      ...(isTimeout ? { adjust: (schedule) => schedule.backOff() } : {}),
    };
  }
}

function judge(reply: Reply, client: DeviceClient): Outcome {
  const { status, error } = reply;
  if (error === 'authorization_pending' || error === 'slow_down') {
    return {
      seen: `nobody has confirmed the code (${error})`,
      ...(error === 'slow_down' ? { adjust: (schedule) => schedule.slowDown() } : {}),
      waitMs: retryAfterMs(reply),
    };
  }
  if (status === 429 || status === 408 || status >= 500) {
    return { seen: `the issuer answers ${reply.seen}`, trouble: `said ${status}`, waitMs: retryAfterMs(reply) };
  }
  if (status === 200 && reply.isObject && error === undefined) {
    return { token: tokenOf(reply) };
  }
  throw refusal({ expected: 'the issuer to give a token', step: 'token', reply, clientId: client.clientId });
}

/** Network failures pass; certificate and protocol errors stay. */
function isPassing({ failure }: TransportError): boolean {
  return ['reset', 'refused', 'unreachable', 'dns', 'proxy'].includes(failure) || failure.endsWith('-timeout');
}

function linksOf(reply: Reply): Pick<DeviceCode, 'verificationUri' | 'verificationUriComplete'> {
  const verificationUri = link(reply.fields['verification_uri']);
  const verificationUriComplete = link(reply.fields['verification_uri_complete']);
  if (verificationUri === undefined && verificationUriComplete === undefined) {
    const given = reply.fields['verification_uri'];
    throw new Problem({
      expected: 'an https link as verification_uri of the device code',
      observed: typeof given === 'string' && given !== '' ? `"${reply.safe(given)}"` : 'none',
      next: 'do not open it: a password typed there could be read on the way; the issuer must know the https address it is reached at (Keycloak: --hostname=https://…)',
    });
  }
  return { verificationUri, verificationUriComplete };
}

/** Takes a page to type a password into, serialized by the parser, so that no character has an effect here. */
function link(value: unknown): URL | undefined {
  const url = typeof value === 'string' && value.length <= LONGEST_LINK ? URL.parse(value) : null;
  return url?.protocol === 'https:' && url.username === '' && url.password === '' ? url : undefined;
}

function userCodeOf(reply: Reply): string {
  const code = text(reply, 'user_code');
  if (code.length > 64 || /[^\p{L}\p{N}\p{P}\p{S} ]/u.test(code)) {
    throw new Problem({
      expected: 'a user_code that can be typed: up to 64 letters, digits and signs',
      observed: `${code.length} characters: ${reply.safe(code)}`,
      next: 'look at what answers in place of the issuer',
    });
  }
  return code;
}

function lifeOf(reply: Reply): number | undefined {
  const life = seconds(reply.fields['expires_in']);
  if (life !== undefined && life <= 0) {
    throw new Problem({
      expected: 'a device code that is good for a while',
      observed: `expires_in ${life}`,
      next: "set the code's lifespan at the issuer (Keycloak: Realm settings > Tokens > OAuth 2.0 Device Code Lifespan)",
    });
  }
  return life === undefined ? undefined : Math.min(life, LONGEST_LIFE_S) * 1000;
}

function text(reply: Reply, name: string): string {
  const value = reply.fields[name];
  if (typeof value !== 'string' || value === '') {
    throw new Problem({
      expected: `a field ${name} in the device code`,
      observed: reply.seen,
      next: 'look at what the issuer answers',
    });
  }
  return value;
}
