import type { Rule } from './rule.ts';

export const generatedWithoutKind = {
  id: 'generated-without-kind',
  group: 'availability',
  severity: 'warning',
  title: 'Generated column that is neither STORED nor VIRTUAL',
  reason:
    'Postgres 17 refuses it, and 18 makes it VIRTUAL. SQLAlchemy 2.1 writes no keyword where sa.Computed has no persisted, and STORED where it sees a 17.',
  safeWay: 'Say STORED or VIRTUAL; in Alembic sa.Computed(…, persisted=True) or persisted=False.',
} as const satisfies Rule;
