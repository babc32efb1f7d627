import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: ['LOCK TABLE audit_log', 'LOCK TABLE audit_log IN SHARE MODE'],
  green: ['LOCK TABLE audit_log IN ROW EXCLUSIVE MODE', 'CREATE TABLE x (); LOCK TABLE x'],
};
