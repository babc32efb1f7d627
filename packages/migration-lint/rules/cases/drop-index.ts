import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: ['DROP INDEX audit_log_occurred_at', 'DROP INDEX CONCURRENTLY IF EXISTS i'],
  green: ['CREATE INDEX CONCURRENTLY i ON audit_log (path); DROP INDEX i'],
};
