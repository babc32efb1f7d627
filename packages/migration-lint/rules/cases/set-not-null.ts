import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: [
    'ALTER TABLE audit_log ALTER tenant_id SET NOT NULL',
    'ALTER TABLE audit_log ADD CONSTRAINT n NOT NULL tenant_id',
    'ALTER TABLE audit_log ADD CONSTRAINT n NOT NULL tenant_id NOT VALID',
    'ALTER DOMAIN d SET NOT NULL',
  ],
  green: [
    "ALTER TABLE audit_log ADD a text DEFAULT ''; ALTER TABLE audit_log ADD CONSTRAINT n NOT NULL a NOT VALID",
    "ALTER TABLE audit_log ADD a text DEFAULT ''; ALTER TABLE audit_log ALTER a SET NOT NULL",
  ],
};
