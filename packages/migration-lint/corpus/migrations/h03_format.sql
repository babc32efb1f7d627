SET LOCAL lock_timeout = '5s';
DO $$
DECLARE
  victim record;
BEGIN
  FOR victim IN SELECT * FROM (VALUES ('audit_log', 'path')) AS v (t, c) LOOP
    EXECUTE format('ALTER TABLE %I DROP COLUMN %I', victim.t, victim.c);
  END LOOP;
END
$$;
