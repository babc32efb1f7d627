import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: [
    'ALTER TABLE audit_log ALTER status_code TYPE bigint',
    'ALTER TABLE audit_log ALTER payload SET DATA TYPE text USING payload::text',
  ],
  green: [
    'CREATE TABLE x (a int); ALTER TABLE x ALTER a TYPE bigint',
    'ALTER TABLE audit_log ALTER payload SET STORAGE EXTERNAL',
  ],
};
