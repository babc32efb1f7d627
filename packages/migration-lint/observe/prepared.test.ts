import { expect, test } from 'vitest';
import { diff } from './diff.ts';
import { onPrepared } from './prepared.ts';
import { audit, catalogueOf, column, index, table } from './testing/entries.ts';

const base = catalogueOf(...audit);
const added = diff(base, catalogueOf(...audit, column('note', '9')));

test('a new column ends what was prepared, as the driver has it that env.py names', () => {
  expect(onPrepared(added, 'psycopg')).toMatch(
    /^adds audit_log\.note: .*psycopg, which env\.py names, fails it from then on/,
  );
  expect(onPrepared(added, 'asyncpg')).toMatch(/asyncpg, which env\.py names, prepares it anew/);
  expect(onPrepared(added, undefined)).toMatch(/env\.py names no driver/);
});

test('psycopg2 prepares nothing, and nothing else than a column of an old table does it', () => {
  expect(onPrepared(added, 'psycopg2')).toBeUndefined();
  const others = [index('i', 'path'), table('t', '9'), column('id', '1', {}, 'public.t')];
  expect(onPrepared(diff(base, catalogueOf(...audit, ...others)), 'psycopg')).toBeUndefined();
});
