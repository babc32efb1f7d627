import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: [
    'ALTER TABLE audit_log ALTER occurred_at DROP DEFAULT',
    'ALTER TABLE audit_log ALTER id DROP IDENTITY',
    'ALTER TABLE audit_log ALTER x DROP EXPRESSION',
  ],
  green: ['ALTER TABLE audit_log ADD a int DEFAULT 1; ALTER TABLE audit_log ALTER a DROP DEFAULT'],
};
