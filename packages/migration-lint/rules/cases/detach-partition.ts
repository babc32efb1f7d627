import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: ['ALTER TABLE audit_log DETACH PARTITION audit_2024', 'ALTER TABLE audit_2024 NO INHERIT audit_log'],
  green: ['CREATE TABLE p (); ALTER TABLE audit_log ATTACH PARTITION p DEFAULT'],
};
