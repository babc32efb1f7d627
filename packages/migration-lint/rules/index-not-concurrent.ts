import type { Rule } from './rule.ts';

export const indexNotConcurrent = {
  id: 'index-not-concurrent',
  group: 'availability',
  severity: 'error',
  title: 'Index built without CONCURRENTLY',
  reason: 'A SHARE lock refuses every write of image N for as long as the whole table is read.',
  safeWay:
    'CREATE INDEX CONCURRENTLY outside a transaction (Alembic: postgresql_concurrently=True in an autocommit_block).',
} as const satisfies Rule;
