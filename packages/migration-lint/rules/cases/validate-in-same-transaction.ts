import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: [
    'ALTER TABLE audit_log ADD CONSTRAINT c CHECK (path > $$$$) NOT VALID; ALTER TABLE audit_log VALIDATE CONSTRAINT c',
  ],
  green: [
    'BEGIN; ALTER TABLE audit_log ADD CONSTRAINT c CHECK (path > $$$$) NOT VALID; COMMIT; ALTER TABLE audit_log VALIDATE CONSTRAINT c',
    'ALTER TABLE audit_log VALIDATE CONSTRAINT c',
  ],
};
