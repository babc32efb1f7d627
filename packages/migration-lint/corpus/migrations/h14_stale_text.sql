SET LOCAL lock_timeout = '5s';
DO $$
DECLARE
  statement text := 'ALTER TABLE audit_log DROP COLUMN payload';
BEGIN
  WHILE false LOOP
    statement := 'SELECT 1';
  END LOOP;
  EXECUTE statement;
END
$$;
