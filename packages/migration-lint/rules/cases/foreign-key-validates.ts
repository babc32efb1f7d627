import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: [
    'ALTER TABLE audit_log ADD FOREIGN KEY (tenant_id) REFERENCES tenant',
    'ALTER TABLE audit_log ADD a int DEFAULT 1 REFERENCES tenant',
  ],
  green: [
    'ALTER TABLE audit_log ADD FOREIGN KEY (tenant_id) REFERENCES tenant NOT VALID',
    'ALTER TABLE audit_log ADD a int REFERENCES tenant',
  ],
};
