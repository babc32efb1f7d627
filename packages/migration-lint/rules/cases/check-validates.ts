import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: ['ALTER TABLE audit_log ADD CHECK (status_code > 0)', 'ALTER TABLE audit_log ADD a int CHECK (a > 0)'],
  green: ['ALTER TABLE audit_log ADD CONSTRAINT c CHECK (status_code > 0) NOT VALID'],
};
