import { Socket } from 'node:net';
import { databaseFault, speaksNoTls } from './database-fault.ts';
import { type PostgresUrl, postgresUrl } from './postgres-url.ts';
import type { Secret } from './secret.ts';

/** What a look at the database came to: an answer, a table that isn't there, or no look at all. */
export type Found<T> =
  | ({ readonly kind: 'found' } & T)
  | { readonly kind: 'missing'; readonly observed: string; readonly hint: string }
  | { readonly kind: 'unknown'; readonly observed: string; readonly hint: string };

/** What a row must have beside the operator's `sub` and an `occurred_at` within a minute. */
export interface AuditRowQuery {
  readonly method?: string;
  readonly path?: string;
  readonly statusCode?: number;
}

/** What the operator left. */
export interface RecentRows {
  /** Those that can be of the request in question. */
  readonly rows: number;
  /** Those that name another request. */
  readonly others: number;
}

/** For connecting and for each statement, in milliseconds. */
const DEADLINE_MS = 10_000;

/** The backplane's `audit_log`, read and never written. */
export class AuditLog {
  readonly #url: Secret;

  /** @param url as the backplane takes it: `postgresql://…` or SQLAlchemy's `postgresql+asyncpg://…` */
  constructor(url: Secret) {
    this.#url = url;
  }

  /**
   * How many rows the operator left within a minute of the database's clock, with what else is asked of them.
   *
   * @param requestId the X-Request-ID of the answer: a row that names another request is not this one's. A row that
   * names none may be, since the column takes UUIDs only and may be null (contract, "The backplane's surface").
   */
  countRecent(
    sub: string,
    { method, path, statusCode }: AuditRowQuery,
    requestId: string | undefined,
    signal: AbortSignal,
  ): Promise<Found<RecentRows>> {
    const conditions = ['operator_sub = $1'];
    const values: (string | number)[] = [sub];
    const place = (value: string | number) => `$${values.push(value)}`;
    const restrict = (column: string, value: string | number | undefined) => {
      if (value !== undefined) {
        conditions.push(`${column} = ${place(value)}`);
      }
    };
    restrict('method', method);
    restrict('path', path);
    restrict('status_code', statusCode);
    conditions.push("occurred_at BETWEEN now() - interval '1 minute' AND now() + interval '1 minute'");
    const digits = uuidDigits(requestId);
    // Read by way of JSON, a column that isn't there is null.
    const named = "replace(to_jsonb(audit_row) ->> 'request_id', '-', '')";
    const others = digits === undefined ? '0' : `count(*) FILTER (WHERE ${named} <> ${place(digits)})::int`;
    const statement = `SELECT count(*)::int AS rows, ${others} AS others FROM audit_log AS audit_row WHERE ${conditions.join(' AND ')}`;
    return this.#query(statement, values, signal, ([first]) => {
      const ofOthers = Number(first?.['others']);
      return { rows: Number(first?.['rows']) - ofOthers, others: ofOthers };
    });
  }

  /** The names of the columns of the `audit_log` that the backplane's own search path finds. */
  columns(signal: AbortSignal): Promise<Found<{ columns: ReadonlySet<string> }>> {
    const statement =
      "SELECT attname FROM pg_attribute WHERE attrelid = 'audit_log'::regclass AND attnum > 0 AND NOT attisdropped";
    return this.#query(statement, [], signal, (rows) => ({
      columns: new Set(rows.map((row) => String(row['attname']))),
    }));
  }

  async #query<T extends object>(
    statement: string,
    values: readonly (string | number)[],
    signal: AbortSignal,
    read: (rows: readonly Row[]) => T,
  ): Promise<Found<T>> {
    const { url, encryption, plainToo } = postgresUrl(this.#url.reveal());
    try {
      const rows = await ask({ url, encryption }, statement, values, signal).catch((error: unknown) => {
        if (plainToo && speaksNoTls(error)) {
          return ask({ url, encryption: false }, statement, values, signal);
        }
        throw error;
      });
      return { kind: 'found', ...read(rows) };
    } catch (error) {
      signal.throwIfAborted();
      return databaseFault(error);
    }
  }
}

type Row = Readonly<Record<string, unknown>>;

/** The digits of a UUID, which proxies also write without hyphens; undefined for any other text. */
function uuidDigits(text: string | undefined): string | undefined {
  const digits = text?.trim().toLowerCase().replaceAll('-', '');
  return digits !== undefined && /^[0-9a-f]{32}$/.test(digits) ? digits : undefined;
}

/** One statement over a connection of its own, in a transaction that can't write. */
async function ask(
  { url, encryption }: Pick<PostgresUrl, 'url' | 'encryption'>,
  statement: string,
  values: readonly (string | number)[],
  signal: AbortSignal,
): Promise<readonly Row[]> {
  signal.throwIfAborted();
  // Only runs that have a database pay for the driver.
  const { default: pg } = await import('pg');
  const socket = new Socket();
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: DEADLINE_MS,
    query_timeout: DEADLINE_MS,
    application_name: 'meho-acceptance',
    stream: () => socket,
    ...(encryption === undefined ? {} : { ssl: encryption }),
  });
  // The server may end the connection between two statements: the next one fails and says so.
  client.on('error', () => undefined);
  const onAbort = () => socket.destroy(new Error('interrupted'));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await client.connect();
    await client.query('BEGIN READ ONLY');
    return (await client.query<Row>(statement, [...values])).rows;
  } finally {
    signal.removeEventListener('abort', onAbort);
    await client.end().catch(() => undefined);
    socket.destroy();
  }
}
