import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: ['BEGIN; CREATE INDEX CONCURRENTLY i ON audit_log (path); COMMIT', 'BEGIN; DROP INDEX CONCURRENTLY i'],
  green: ['BEGIN; SELECT 1; COMMIT; CREATE INDEX CONCURRENTLY i ON audit_log (path)'],
};
