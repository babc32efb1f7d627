import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: [
    'ALTER TABLE audit_log ALTER CONSTRAINT f DEFERRABLE INITIALLY DEFERRED',
    'ALTER TABLE audit_log ALTER CONSTRAINT f INITIALLY DEFERRED',
  ],
  green: [
    'ALTER TABLE audit_log ALTER CONSTRAINT f NOT DEFERRABLE',
    'CREATE TABLE x (a int REFERENCES x DEFERRABLE INITIALLY DEFERRED); ALTER TABLE x ALTER CONSTRAINT f INITIALLY DEFERRED',
  ],
};
