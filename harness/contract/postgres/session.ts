import type pg from 'pg';
import { messageOf } from '../../problem.ts';
import { GuardedStream } from './guarded-stream.ts';
import type { MessageLimits } from './message-guard.ts';
import { NoEncryption, openSocket } from './open-socket.ts';
import type { PostgresHost, PostgresTarget } from './target.ts';

/** For opening a connection and for each statement, in milliseconds. */
const DEADLINE_MS = 10_000;
/** For saying goodbye. */
const GOODBYE_MS = 1_000;

export interface SessionOptions {
  readonly signal?: AbortSignal;
  /** Roots that `sslrootcert=system` means; undefined for Node's own. */
  readonly systemRoots?: readonly string[] | undefined;
  readonly deadlineMs?: number;
  readonly limits?: MessageLimits;
}

/** Several hosts were named, and none of them would do. */
export class NoHost extends Error {
  override readonly name = 'NoHost';
  constructor(hosts: number, failures: readonly unknown[]) {
    super(`none of its ${hosts} hosts would do: ${failures.map(messageOf).join('; ')}`, { cause: failures.at(-1) });
  }
}

/**
 * Asks one of the target's servers over a connection of its own, which is closed in any case: a server that doesn't close
 * its side holds nobody up.
 *
 * @throws the signal's reason, Postgres' own error, or what went wrong on the way
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

/** The first host that takes the login and is what is asked for; one that refuses the login ends the search, as in libpq. */
async function open(target: PostgresTarget, options: SessionOptions): Promise<Open> {
  const hosts = target.balanced ? shuffled(target.hosts) : target.hosts;
  const failures: unknown[] = [];
  // A standby is preferred in a first round, and in a second any server will do.
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

/** One server, with encryption and without in the order of the mode. */
async function openHost(
  host: PostgresHost,
  target: PostgresTarget,
  wanted: PostgresTarget['sessionAttributes'],
  options: SessionOptions,
): Promise<Open> {
  const orders = { disable: [false], allow: [false, true], prefer: [true, false] } as const;
  const attempts: readonly boolean[] =
    host.address === undefined && host.name.startsWith('/')
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
        // Where both ways fail, the second would blame encryption that nobody insisted on.
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
  // Only runs that have a database pay for the driver.
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
    stream = new GuardedStream(socket, limits);
    const opened = stream;
    const client = new driver.Client({
      host: host.name,
      port: host.port,
      user: target.user,
      database: target.database,
      password: () => passwordOf(host),
      ssl: false,
      // Said one and all, since the driver would take what isn't from the environment by itself.
      sslnegotiation: 'postgres',
      client_encoding: 'utf8',
      application_name: target.applicationName ?? 'meho-acceptance',
      ...(target.options === undefined ? {} : { options: target.options }),
      query_timeout: deadlineMs,
      stream: () => opened,
    });
    // The server may end the connection between two statements: the next one fails and says so.
    client.on('error', () => undefined);
    await client.connect();
    await demand(client, wanted, host);
    clearTimeout(timer);
    return {
      session: client,
      end: async () => {
        // A server that reads no more never lets the driver come to its end.
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

/** What libpq calls `target_session_attrs`. */
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

/** Postgres' class 28 is about who may log in; `cannot_connect_now` (57P03) is about this server alone. */
function refusedLogin(error: unknown): boolean {
  return /^(28|3D|NO_PASSWORD)/.test(codeOf(error));
}

/** Whether the other way may work: no encryption there, a handshake that fails, or a server whose rules want the other. */
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

function shuffled<T>(items: readonly T[]): readonly T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
