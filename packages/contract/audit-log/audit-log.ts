import { type SessionOptions, withSession } from '../postgres/session.ts';
import { postgresTarget } from '../postgres/target.ts';
import type { Secret } from '../token/secret.ts';
import { databaseFault } from './database-fault.ts';

export type Lookup<T> =
  | ({ readonly kind: 'found' } & T)
  | { readonly kind: 'missing'; readonly observed: string; readonly hint: string }
  | { readonly kind: 'unknown'; readonly observed: string; readonly hint: string };

/** Besides the operator's `sub` and an `occurred_at` within a minute. */
export interface AuditRowQuery {
  readonly method?: string;
  readonly path?: string;
  readonly statusCode?: number;
}

export interface RecentRows {
  /** Rows that may belong to the request. */
  readonly rows: number;
  /** Rows that name another request. */
  readonly others: number;
}

class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

export class AuditLog {
  readonly #url: Secret;
  readonly #options: SessionOptions;

  /** @param url `postgresql://…` or SQLAlchemy's `postgresql+asyncpg://…` */
  constructor(url: Secret, options: SessionOptions = {}) {
    this.#url = url;
    this.#options = options;
  }

  /**
   * Counts the operator's rows of the last minute, by the database's clock.
   *
   * @param requestId rows naming another request don't count; rows naming none may, since the column takes only UUIDs
   * (contract, "The backplane's surface")
   */
  countRecent(
    sub: string,
    { method, path, statusCode }: AuditRowQuery,
    requestId: string | undefined,
    signal: AbortSignal,
  ): Promise<Lookup<RecentRows>> {
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
    // Through JSON, a missing column reads as null instead of failing.
    const named = "replace(to_jsonb(audit_row) ->> 'request_id', '-', '')";
    const others = digits === undefined ? '0' : `count(*) FILTER (WHERE ${named} <> ${place(digits)})::int`;
    const statement = `SELECT count(*)::int AS rows, ${others} AS others FROM audit_log AS audit_row WHERE ${conditions.join(' AND ')}`;
    return this.#query(statement, values, signal, (answer) => {
      const [first] = answer;
      if (first === undefined || answer.length !== 1) {
        throw new NoAnswer(`a count came as ${answer.length} rows`);
      }
      const all = wholeNumber(first['rows']);
      const ofOthers = wholeNumber(first['others']);
      if (ofOthers > all) {
        throw new NoAnswer('of the rows it counts, more name another request than there are');
      }
      return { rows: all - ofOthers, others: ofOthers };
    });
  }

  /** Uses the backplane's own search path. */
  columns(signal: AbortSignal): Promise<Lookup<{ columns: ReadonlySet<string> }>> {
    const statement =
      "SELECT attname FROM pg_attribute WHERE attrelid = 'audit_log'::regclass AND attnum > 0 AND NOT attisdropped";
    return this.#query(statement, [], signal, (rows) => ({
      columns: new Set(rows.map((row) => identifier(row['attname']))),
    }));
  }

  async #query<T extends object>(
    statement: string,
    values: readonly (string | number)[],
    signal: AbortSignal,
    read: (rows: readonly Row[]) => T,
  ): Promise<Lookup<T>> {
    try {
      const rows = await withSession(
        postgresTarget(this.#url.reveal()),
        { ...this.#options, signal },
        async (session) => {
          await session.query('BEGIN READ ONLY');
          return (await session.query<Row>(statement, [...values])).rows;
        },
      );
      return { kind: 'found', ...read(rows) };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof NoAnswer) {
        return {
          kind: 'unknown',
          observed: `the database answered, but ${error.message}`,
          hint: 'ask with psql what stands between: a proxy, or a view that audit_log is',
        };
      }
      return databaseFault(error);
    }
  }
}

type Row = Readonly<Record<string, unknown>>;

/** Proxies also write UUIDs without hyphens; undefined for other text. */
function uuidDigits(text: string | undefined): string | undefined {
  const digits = text?.trim().toLowerCase().replaceAll('-', '');
  return digits !== undefined && /^[0-9a-f]{32}$/.test(digits) ? digits : undefined;
}

/** Whatever isn't a whole number counts neither as a row nor as zero. */
function wholeNumber(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new NoAnswer('what should be a count is no whole number');
  }
  return value;
}

function identifier(value: unknown): string {
  if (typeof value !== 'string' || value === '') {
    throw new NoAnswer('what should be the name of a column is none');
  }
  return value;
}
