import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: [
    'ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE audit_log FORCE ROW LEVEL SECURITY',
    'CREATE POLICY p ON audit_log AS RESTRICTIVE USING (false)',
    'ALTER POLICY p ON audit_log USING (false)',
  ],
  green: ['CREATE TABLE x (); ALTER TABLE x ENABLE ROW LEVEL SECURITY', 'CREATE POLICY p ON audit_log USING (true)'],
};
