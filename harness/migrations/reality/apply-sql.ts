import type pg from 'pg';
import { messageOf } from '../../problem.ts';
import { parseSql } from '../sql/parser.ts';
import { tagOf } from '../sql/tree.ts';
import { type Look, look } from './look.ts';

export type Applied = { readonly refused: string } | { readonly refused: undefined; readonly look: Look };

const nothingSeen: Look = { locks: [], rowsRead: 0 };

/**
 * Applies a SQL migration: in one transaction, with a look before it ends; or statement by statement where it says
 * itself where transactions end, or needs to be outside of one.
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
    const seen = await look(client, oid);
    await client.query('COMMIT');
    return { refused: undefined, look: seen };
  } catch (error) {
    await client.query('ROLLBACK');
    return { refused: messageOf(error) };
  }
}
