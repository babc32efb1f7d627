import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { tellHiccups } from '../http/hiccups.ts';
import { askAgain, retryAfterMs } from '../http/retry.ts';
import { TransportError } from '../http/transport-error.ts';
import { Problem } from '../problem.ts';
import { ask, askOnce, type DeviceClient, discover } from './device-flow-issuer.ts';
import { refusal } from './device-flow-refusal.ts';
import { type Reply, seconds } from './device-flow-reply.ts';
import { intervalMs, PollSchedule } from './device-flow-schedule.ts';
import { type DeviceToken, tokenOf } from './device-flow-token.ts';
import { inWords } from './login-lines.ts';

/** The device authorization grant (RFC 8628) as a public client, with PKCE (RFC 7636), which some issuers demand. */

/** What a person is asked to confirm, and with what the tool asks for the token. Secret but for the first three. */
export interface DeviceCode {
  /** Absent where the issuer gives none that is one, only the link with the code in it. */
  readonly verificationUri: URL | undefined;
  /** Absent where the issuer gives none: the code is then typed by hand. */
  readonly verificationUriComplete: URL | undefined;
  readonly userCode: string;
  readonly deviceCode: string;
  readonly codeVerifier: string;
  readonly tokenEndpoint: URL;
  /** When the request for it was sent, on the clock of `performance.now()`. */
  readonly askedAtMs: number;
  /** For how long it is good; undefined where the issuer does not say so. */
  readonly expiresInMs: number | undefined;
  readonly intervalMs: number;
}

const WHOM = 'the issuer';
const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code';
const LONGEST_LIFE_S = 86_400;
const LONGEST_LINK = 2048;
/** How long the answer to the last poll may take: time is up by then. */
const LAST_ANSWER_MS = 3000;
/** The same of one before it, which must leave time for the last. */
const EARLIER_ANSWER_MS = 1000;
/** How long before the code's end it is asked for the last time: the answer of an expired one tells nothing. */
const BEFORE_EXPIRY_MS = 500;

/**
 * Asks the issuer for a code that a person can confirm.
 *
 * @throws Problem for an issuer that says something else; TransportError where it can't be reached
 */
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
 * Polls, no oftener than the issuer allows and for the last time when time is up, until the person has confirmed.
 *
 * @param forMs how long the person has, from now
 * @throws Problem with the issuer's word when the person refused, the code expired or time was up
 */
export async function awaitToken(client: DeviceClient, code: DeviceCode, forMs: number): Promise<DeviceToken> {
  const startedMs = performance.now();
  const lastMs = lastPollAt(code, startedMs, forMs);
  const schedule = new PollSchedule(code.intervalMs, lastMs);
  let dueMs = schedule.after(startedMs);
  const within = inWords(patienceMs(code, forMs));
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
      tellHiccups({ whom: WHOM, troubles, isAnswered: true, afterMs });
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

/** How long the person has: until the code is over or our own time is, whichever comes first. */
export function patienceMs({ expiresInMs, askedAtMs }: DeviceCode, forMs: number): number {
  // Whole seconds alone are taken off for the way of the answer: the code's own are whole ones as well.
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
      /** What the issuer did in place of an answer, e.g. `said 429`. */
      readonly trouble?: string;
      /** What follows for the polls to come. */
      readonly adjust?: (schedule: PollSchedule) => void;
      /** How long the issuer wants to be left alone. */
      readonly waitMs?: number | undefined;
    };

/** One poll. The schedule is what asks again, but for the last one, after which there is no other. */
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
      ? await askAgain(once, { whom: WHOM, deadlineMs: leftMs, signal, ifPerhapsDone: 'repeat' })
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

/** Certificates, and what is no HTTP, stay as they are; a network comes back. */
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

/** A page that a password can be typed into; written out by the parser, so that no character of it does anything here. */
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
