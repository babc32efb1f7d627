import { messageOf } from '@meho/core/problem';
import type pg from 'pg';
import { GuardedStream } from './guarded-stream.ts';
import type { MessageLimits } from './message-guard.ts';
import { NoEncryption, openSocket } from './open-socket.ts';
import { isSocket, type PostgresHost, type PostgresTarget } from './target.ts';

/** For connecting and for each statement. */
const DEADLINE_MS = 10_000;
const GOODBYE_MS = 1_000;

export interface SessionOptions {
  readonly signal?: AbortSignal;
  /** Roots for `sslrootcert=system`; defaults to Node's. */
  readonly systemRoots?: readonly string[] | undefined;
  readonly deadlineMs?: number;
  readonly limits?: MessageLimits;
}

/** Several hosts were named, and none fits. */
export class NoHost extends Error {
  override readonly name = 'NoHost';
  constructor(hosts: number, failures: readonly unknown[]) {
    super(`none of its ${hosts} hosts would do: ${failures.map(messageOf).join('; ')}`, { cause: failures.at(-1) });
  }
}

/**
 * Uses a new connection, closed without waiting for the server.
 *
 * @throws the signal's reason, Postgres' error, or the connection error
 */
export async function withSession<T>(
  target: PostgresTarget,
  options: SessionOptions,
  use: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const { session, end } = await open(target, options);
  try {
    return await use(session);
  } finally {
    await end();
  }
}

interface Open {
  readonly session: pg.Client;
  readonly end: () => Promise<void>;
}

/** As in libpq, a refused login ends the search. */
async function open(target: PostgresTarget, options: SessionOptions): Promise<Open> {
  const hosts = target.balanced ? shuffle(target.hosts) : target.hosts;
  const failures: unknown[] = [];
  // First a standby, then any server.
  const rounds =
    target.sessionAttributes === 'prefer-standby' ? (['standby', 'any'] as const) : [target.sessionAttributes];
  for (const wanted of rounds) {
    for (const host of hosts) {
      try {
        return await openHost(host, target, wanted, options);
      } catch (error) {
        options.signal?.throwIfAborted();
        failures.push(error);
        if (refusedLogin(error)) {
          throw error;
        }
      }
    }
  }
  throw failures.length === 1 ? failures[0] : new NoHost(hosts.length, failures.slice(-hosts.length));
}

async function openHost(
  host: PostgresHost,
  target: PostgresTarget,
  wanted: PostgresTarget['sessionAttributes'],
  options: SessionOptions,
): Promise<Open> {
  const orders = { disable: [false], allow: [false, true], prefer: [true, false] } as const;
  const attempts: readonly boolean[] = isSocket(host)
    ? [false]
    : target.mode === 'disable' || target.mode === 'allow' || target.mode === 'prefer'
      ? orders[target.mode]
      : [true];
  let first: unknown;
  for (const [index, encrypt] of attempts.entries()) {
    try {
      return await openOnce(host, target, encrypt, wanted, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      first ??= error;
      if (index + 1 === attempts.length || !tellsOfEncryption(error, encrypt)) {
        // The second error would blame encryption that nobody required.
        throw error instanceof NoEncryption ? first : error;
      }
    }
  }
  throw first;
}

async function openOnce(
  host: PostgresHost,
  target: PostgresTarget,
  encrypt: boolean,
  wanted: PostgresTarget['sessionAttributes'],
  { signal, systemRoots, deadlineMs = DEADLINE_MS, limits }: SessionOptions,
): Promise<Open> {
  // Only runs with a database pay for the driver.
  const { default: driver } = await import('pg');
  const connectMs = Math.min(target.connectTimeoutMs ?? deadlineMs, deadlineMs);
  const timeout = new AbortController();
  const timer = setTimeout(() => {
    const text = `${host.name} has not taken the connection in ${connectMs / 1000} s`;
    timeout.abort(Object.assign(new Error(text), { code: 'ETIMEDOUT' }));
  }, connectMs);
  const either = signal === undefined ? timeout.signal : AbortSignal.any([signal, timeout.signal]);
  let stream: GuardedStream | undefined;
  const onAbort = () => stream?.destroy(either.reason instanceof Error ? either.reason : new Error('interrupted'));
  either.addEventListener('abort', onAbort, { once: true });
  const release = () => {
    clearTimeout(timer);
    either.removeEventListener('abort', onAbort);
    stream?.destroy();
  };
  try {
    const socket = await openSocket(host, encrypt ? target.tls : undefined, systemRoots, either);
    stream = new GuardedStream(socket, limits, target.logins);
    const opened = stream;
    const client = new driver.Client({
      host: host.name,
      port: host.port,
      user: target.user,
      database: target.database,
      password: () => passwordOf(host),
      ssl: false,
      // The driver would take missing ones from the environment.
      sslnegotiation: 'postgres',
      client_encoding: 'utf8',
      application_name: target.applicationName ?? 'meho-acceptance',
      ...(target.options === undefined ? {} : { options: target.options }),
      query_timeout: deadlineMs,
      stream: () => opened,
    });
    // The next statement reports a lost connection.
    client.on('error', () => undefined);
    await client.connect();
    await demand(client, wanted, host);
    clearTimeout(timer);
    return {
      session: client,
      end: async () => {
        // The driver never finishes if the server stops reading.
        const giveUp = setTimeout(() => opened.destroy(), GOODBYE_MS);
        await client.end().catch(() => undefined);
        clearTimeout(giveUp);
        release();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}

function passwordOf({ name, password }: PostgresHost): string {
  if (password === undefined) {
    throw Object.assign(new Error(`${name} asks for a password, and there is none`), { code: 'NO_PASSWORD' });
  }
  return password;
}

async function demand(
  client: pg.Client,
  wanted: PostgresTarget['sessionAttributes'],
  host: PostgresHost,
): Promise<void> {
  if (wanted === 'any' || wanted === 'prefer-standby') {
    return;
  }
  const { rows } = await client.query<{ standby: unknown; readonly: unknown }>(
    "SELECT pg_is_in_recovery() AS standby, current_setting('default_transaction_read_only') = 'on' AS readonly",
  );
  const { standby, readonly } = rows[0] ?? {};
  if (typeof standby !== 'boolean' || typeof readonly !== 'boolean') {
    throw new Error(`${host.name} doesn't say whether it is a standby`);
  }
  const readOnly = standby || readonly;
  const fits = { primary: !standby, standby, 'read-only': readOnly, 'read-write': !readOnly }[wanted];
  if (!fits) {
    throw new Error(`${host.name} is not ${wanted}, which target_session_attrs asks for`);
  }
}

/** Class 28 concerns the login; `cannot_connect_now` (57P03) only this server. */
function refusedLogin(error: unknown): boolean {
  return /^(28|3D|NO_PASSWORD)/.test(codeOf(error));
}

/** Whether the other mode may work. */
function tellsOfEncryption(error: unknown, encrypted: boolean): boolean {
  const code = codeOf(error);
  return (
    error instanceof NoEncryption ||
    code === '28000' ||
    (encrypted && /^(ERR_SSL|ERR_TLS|EPROTO|ECONNRESET)/.test(code))
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function shuffle<T>(items: readonly T[]): readonly T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
