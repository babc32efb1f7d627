import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: ["ALTER TABLE audit_log ALTER payload SET DEFAULT '[]'", 'ALTER DOMAIN d SET DEFAULT 1'],
  green: ['ALTER TABLE audit_log ADD a int; ALTER TABLE audit_log ALTER a SET DEFAULT 1'],
};
