import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: ['CREATE INDEX i ON audit_log (path)', 'CREATE UNIQUE INDEX i ON ONLY audit_log (path)'],
  green: [
    'CREATE INDEX CONCURRENTLY i ON audit_log (path)',
    'CREATE TABLE x (a int); CREATE INDEX i ON x (a)',
    'CREATE TABLE IF NOT EXISTS x (a int); CREATE INDEX i ON x (a)',
  ],
};
