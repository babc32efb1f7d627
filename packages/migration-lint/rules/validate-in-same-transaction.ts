import type { Rule } from './rule.ts';

export const validateInSameTransaction = {
  id: 'validate-in-same-transaction',
  group: 'availability',
  severity: 'error',
  title: 'Constraint validated in the transaction that adds it',
  reason: 'The strong lock of ADD CONSTRAINT is held until the end: the scan of VALIDATE runs under it all the same.',
  safeWay:
    'VALIDATE CONSTRAINT in a later transaction (Alembic: in an autocommit_block, or in a migration of its own where env.py sets transaction_per_migration).',
} as const satisfies Rule;
