import type { AuditRowQuery } from './checks/audit-row.ts';
import { databaseFault, speaksNoTls } from './database-fault.ts';
import { postgresUrl } from './postgres-url.ts';
import type { Secret } from './secret.ts';

/** What a look at the database came to: an answer, a table that isn't there, or no look at all. */
export type Found<T> =
  | ({ readonly kind: 'found' } & T)
  | { readonly kind: 'missing'; readonly observed: string; readonly hint: string }
  | { readonly kind: 'unknown'; readonly observed: string; readonly hint: string };

/** For connecting and for each statement, in milliseconds. */
const DEADLINE_MS = 10_000;

/** The backplane's `audit_log`, read and never written. */
export class AuditLog {
  readonly #url: Secret;

  /** @param url as the backplane takes it: `postgresql://…` or SQLAlchemy's `postgresql+asyncpg://…` */
  constructor(url: Secret) {
    this.#url = url;
  }

  /** How many rows the operator left within a minute of the database's clock, with what else is asked of them. */
  countRecent(sub: string, query: AuditRowQuery, signal: AbortSignal): Promise<Found<{ rows: number }>> {
    const conditions = ['operator_sub = $1'];
    const values: (string | number)[] = [sub];
    const restrict = (column: string, value: string | number | undefined) => {
      if (value !== undefined) {
        values.push(value);
        conditions.push(`${column} = $${values.length}`);
      }
    };
    restrict('method', query.method);
    restrict('path', query.path);
    restrict('status_code', query.statusCode);
    conditions.push("occurred_at BETWEEN now() - interval '1 minute' AND now() + interval '1 minute'");
    const statement = `SELECT count(*)::int AS rows FROM audit_log WHERE ${conditions.join(' AND ')}`;
    return this.#query(statement, values, signal, ([first]) => ({ rows: Number(first?.['rows']) }));
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
    read: (rows: readonly Record<string, unknown>[]) => T,
  ): Promise<Found<T>> {
    signal.throwIfAborted();
    // Only runs that have a database pay for the driver.
    const { default: pg } = await import('pg');
    const { url, modes } = postgresUrl(this.#url.reveal());
    for (const [index, ssl] of modes.entries()) {
      const client = new pg.Client({
        connectionString: url,
        connectionTimeoutMillis: DEADLINE_MS,
        query_timeout: DEADLINE_MS,
        application_name: 'meho-acceptance',
        ...(ssl === undefined ? {} : { ssl }),
      });
      // The server may end the connection between two statements: the next one fails and says so.
      client.on('error', () => undefined);
      const onAbort = () => void client.end();
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        await client.connect();
        await client.query('BEGIN READ ONLY');
        const { rows } = await client.query<Record<string, unknown>>(statement, [...values]);
        return { kind: 'found', ...read(rows) };
      } catch (error) {
        signal.throwIfAborted();
        const isLast = index === modes.length - 1;
        if (isLast || !speaksNoTls(error)) {
          return databaseFault(error);
        }
      } finally {
        signal.removeEventListener('abort', onAbort);
        await client.end().catch(() => undefined);
      }
    }
    throw new Error('postgresUrl gives at least one mode');
  }
}
