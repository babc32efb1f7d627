import type { Rule } from './rule.ts';

export const changeColumnType = {
  id: 'change-column-type',
  group: 'additive',
  severity: 'error',
  title: 'Column type changed',
  reason:
    'Image N binds and reads the old type; most changes also rewrite the table and its indexes under an ACCESS EXCLUSIVE lock. Even a wider varchar or numeric, which rewrites nothing, ends statements that N has prepared ("cached plan must not change result type"): psycopg and node-postgres for good, asyncpg once in a transaction. A column whose COLLATE is not written again gets the default one, its unique index with it; a CHECK of the column is tested on every row; its statistics are gone until ANALYZE; and PL/pgSQL that has read the column (NEW.x, %TYPE) keeps the old type on each open connection.',
  safeWay:
    'Add a column of the new type, write both, backfill in batches, and move readers over. Where it is only wider and you allow it, write its COLLATE again, run ANALYZE, and restart what is connected.',
} as const satisfies Rule;
