import type { Driver } from '../environment.ts';
import type { Change } from './diff.ts';

/** After "cached plan must not change result type". Undefined: it prepares nothing on the server. */
const ends: Readonly<Record<Driver, string | undefined>> = {
  asyncpg: 'asyncpg, which env.py names, prepares it anew, but within a transaction it fails once',
  psycopg:
    'psycopg, which env.py names, fails it from then on, on each connection that has prepared it (after five times)',
  psycopg2: undefined,
};

/**
 * What a new column does to N's `SELECT *` and `RETURNING *`, which it may have prepared: no change of the catalogue, and nothing
 * to N that names its columns.
 */
export function onPrepared(changes: readonly Change[], driver: Driver | undefined): string | undefined {
  const columns = changes.filter(({ what, entry }) => what === 'added' && entry.kind === 'column');
  const end =
    driver === undefined
      ? 'psycopg fails it from then on, asyncpg once within a transaction, psycopg2 never (env.py names no driver)'
      : ends[driver];
  if (columns.length === 0 || end === undefined) {
    return undefined;
  }
  const names = columns.map(({ entry }) => entry.name.replace(/^public\./, '')).join(', ');
  return `adds ${names}: where N has prepared a SELECT * or RETURNING * of the table, ${end}`;
}
