import { randomUUID } from 'node:crypto';
import type { Queries } from './pool.ts';

export interface AuditEntry {
  readonly operatorSub: string;
  readonly tenantId: string;
  readonly method: string;
  /** Without the query string, which may hold anything. */
  readonly path: string;
  readonly statusCode: number;
  readonly requestId: string;
  readonly durationMs: number;
}

export interface AuditRow {
  readonly id: string;
  readonly occurredAt: Date;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** The maximum of numeric(10,2). */
const MOST_MS = 99_999_999.99;

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/**
 * Returns after commit. Names its columns, so that it works on a newer schema; chooses the id, so that resending makes
 * no second row.
 * @throws Error if not written: the request must then not succeed
 */
export async function record(database: Queries, entry: AuditEntry): Promise<AuditRow> {
  const { rows } = await database.query<{ id: string; occurred_at: Date }>(
    `INSERT INTO audit_log (id, operator_sub, method, path, status_code, request_id, duration_ms, tenant_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (id) DO UPDATE SET id = excluded.id RETURNING id, occurred_at`,
    [
      randomUUID(),
      entry.operatorSub,
      entry.method,
      entry.path,
      entry.statusCode,
      // Callers may choose the request id; the column only accepts UUIDs.
      isUuid(entry.requestId) ? entry.requestId : null,
      Math.min(entry.durationMs, MOST_MS).toFixed(2),
      entry.tenantId,
    ],
  );
  const row = rows[0];
  if (row === undefined) {
    throw new Error('the database confirmed no row');
  }
  return { id: row.id, occurredAt: row.occurred_at };
}
