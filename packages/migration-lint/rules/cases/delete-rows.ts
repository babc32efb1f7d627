import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: [
    'DELETE FROM audit_log',
    "DELETE FROM audit_log WHERE path = '/'",
    'WITH d AS (DELETE FROM audit_log RETURNING *) SELECT count(*) FROM d',
    'MERGE INTO audit_log a USING x ON a.id = x.id WHEN MATCHED THEN DELETE',
    'EXPLAIN ANALYZE DELETE FROM audit_log',
    'PREPARE p AS DELETE FROM audit_log',
    'COPY (DELETE FROM audit_log RETURNING *) TO STDOUT',
  ],
  green: [
    'CREATE TABLE x (); DELETE FROM x',
    'SELECT * FROM audit_log',
    "COMMENT ON TABLE audit_log IS 'DELETE FROM audit_log'",
  ],
};
