import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: [
    'ALTER TABLE audit_log SET UNLOGGED',
    'ALTER TABLE audit_log SET TABLESPACE fast',
    'VACUUM FULL audit_log',
    'CLUSTER audit_log USING i',
  ],
  green: ['VACUUM audit_log', 'ALTER TABLE audit_log SET (fillfactor = 90)', 'ALTER TABLE audit_log CLUSTER ON i'],
};
