import type pg from 'pg';

/** What a migration's own transaction has done to N's table so far: only visible from inside it, before it ends. */
export interface Look {
  /** Locks on the table that it holds, e.g. `AccessExclusiveLock`. */
  readonly locks: readonly string[];
  /** Rows of the table that it has read. */
  readonly rowsRead: number;
}

/** The table's identity, which survives renaming it. */
export const oidQuery = "SELECT 'audit_log'::regclass::oid::int AS oid";

/** One row: `locks` and `rows_read`, for the table with this oid. */
export function lookQuery(oid: number): string {
  return `SELECT coalesce((SELECT string_agg(DISTINCT mode, ',') FROM pg_catalog.pg_locks
                           WHERE pid = pg_catalog.pg_backend_pid() AND relation = ${oid} AND granted), '') AS locks,
                 coalesce(pg_catalog.pg_stat_get_xact_tuples_returned(${oid}), 0)::int AS rows_read`;
}

export function lookOf(row: { readonly locks: string; readonly rows_read: number } | undefined): Look {
  return { locks: (row?.locks ?? '').split(',').filter((mode) => mode !== ''), rowsRead: row?.rows_read ?? 0 };
}

/** Modes that conflict with the ROW EXCLUSIVE lock of N's INSERT. */
const refusesWrites = new Set(['ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock']);

/** N waits for as long as it takes to read the whole table: longer with every row. */
export function stalls({ locks, rowsRead }: Look, rows: number): boolean {
  return rows > 0 && rowsRead >= rows && locks.some((mode) => refusesWrites.has(mode));
}

export async function look(client: pg.Client, oid: number): Promise<Look> {
  const { rows } = await client.query<{ locks: string; rows_read: number }>(lookQuery(oid));
  return lookOf(rows[0]);
}
