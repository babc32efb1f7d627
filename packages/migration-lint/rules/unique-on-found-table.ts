import type { Rule } from './rule.ts';

export const uniqueOnFoundTable = {
  id: 'unique-on-found-table',
  group: 'additive',
  severity: 'warning',
  title: 'Unique index or constraint on a table that may have been there',
  reason:
    'CREATE TABLE IF NOT EXISTS takes a table that is there as it is; if it is one that image N writes, a row of N may be refused.',
  safeWay: 'CREATE TABLE without IF NOT EXISTS: it fails where the name is taken.',
} as const satisfies Rule;
