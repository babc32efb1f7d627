import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: [
    "UPDATE audit_log SET payload = '{}'",
    "INSERT INTO audit_log (id) VALUES (gen_random_uuid()) ON CONFLICT (id) DO UPDATE SET path = ''",
    'WITH u AS (UPDATE audit_log SET path = $$x$$ RETURNING 1) SELECT 1',
    'MERGE INTO audit_log a USING x ON a.id = x.id WHEN MATCHED THEN UPDATE SET path = x.path',
    'INSERT INTO pg_catalog.pg_description VALUES (1)',
  ],
  green: [
    'BEGIN; ALTER TABLE audit_log ADD a int; COMMIT; UPDATE audit_log SET a = 1',
    'CREATE TABLE x (a int); UPDATE x SET a = 1',
    'INSERT INTO audit_log (path) VALUES ($$x$$) ON CONFLICT DO NOTHING',
  ],
};
