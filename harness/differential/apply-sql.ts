import { messageOf } from '@meho/core/problem';
import { parseSql } from '@meho/migration-lint/sql/syntax/parser';
import { tagOf } from '@meho/migration-lint/sql/syntax/tree';
import type pg from 'pg';
import { measureTable, type TableMeasurement } from './table-measurement.ts';

export type Applied = { readonly refused: string } | { readonly refused: undefined; readonly look: TableMeasurement };

const nothingSeen: TableMeasurement = { locks: [], rowsRead: 0 };

/**
 * Runs in one transaction, inspected before commit; statement by statement if the file controls transactions or must
 * run outside one.
 */
export async function applySql(client: pg.Client, sql: string, oid: number): Promise<Applied> {
  const { statements } = parseSql(sql);
  const outside = statements.some(
    ({ node }) => tagOf(node) === 'TransactionStmt' || ('IndexStmt' in node && node.IndexStmt.concurrent === true),
  );
  try {
    if (outside) {
      for (const { start, end } of statements) {
        await client.query(sql.slice(start, end));
      }
      return { refused: undefined, look: nothingSeen };
    }
    await client.query('BEGIN');
    await client.query(sql);
    const seen = await measureTable(client, oid);
    await client.query('COMMIT');
    return { refused: undefined, look: seen };
  } catch (error) {
    await client.query('ROLLBACK');
    return { refused: messageOf(error) };
  }
}
