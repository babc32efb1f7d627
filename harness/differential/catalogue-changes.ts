import { type Catalogue, withRows } from '@meho/migration-lint/observe/catalogue';
import { catalogueQuery } from '@meho/migration-lint/observe/catalogue-query';
import { describe } from '@meho/migration-lint/observe/describe';
import { diff } from '@meho/migration-lint/observe/diff';
import type pg from 'pg';

/** @throws if the catalogue can't be read */
export async function readCatalogue(client: pg.Client): Promise<Catalogue> {
  await client.query('BEGIN');
  try {
    await client.query('SET LOCAL search_path = pg_catalog');
    const { rows } = await client.query<string[]>({ text: catalogueQuery, rowMode: 'array' });
    return withRows(new Map(), { gone: [], made: rows.flat() });
  } finally {
    await client.query('ROLLBACK');
  }
}

/** In words, e.g. `drops column audit_log.payload`. */
export function changesBetween(before: Catalogue, after: Catalogue): readonly string[] {
  return diff(before, after).map(describe);
}
