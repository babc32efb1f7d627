import type pg from 'pg';

/** Only visible inside the migration's transaction. */
export interface TableMeasurement {
  /** E.g. `AccessExclusiveLock`. */
  readonly locks: readonly string[];
  readonly rowsRead: number;
}

/** Survives renaming the table. */
export const oidQuery = "SELECT 'audit_log'::regclass::oid::int AS oid";

/** One row: `locks` and `rows_read`. */
export function measurementQuery(oid: number): string {
  return `SELECT coalesce((SELECT string_agg(DISTINCT mode, ',') FROM pg_catalog.pg_locks
                           WHERE pid = pg_catalog.pg_backend_pid() AND relation = ${oid} AND granted), '') AS locks,
                 coalesce(pg_catalog.pg_stat_get_xact_tuples_returned(${oid}), 0)::int AS rows_read`;
}

export function measurementOf(
  row: { readonly locks: string; readonly rows_read: number } | undefined,
): TableMeasurement {
  return { locks: (row?.locks ?? '').split(',').filter((mode) => mode !== ''), rowsRead: row?.rows_read ?? 0 };
}

/** Conflict with the ROW EXCLUSIVE lock of N's INSERT. */
const refusesWrites = new Set(['ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock']);

/** Whether N waits for a full scan, which takes longer with every row. */
export function stalls({ locks, rowsRead }: TableMeasurement, rows: number): boolean {
  return rows > 0 && rowsRead >= rows && locks.some((mode) => refusesWrites.has(mode));
}

export async function measureTable(client: pg.Client, oid: number): Promise<TableMeasurement> {
  const { rows } = await client.query<{ locks: string; rows_read: number }>(measurementQuery(oid));
  return measurementOf(rows[0]);
}
