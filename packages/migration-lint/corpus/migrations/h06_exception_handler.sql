SET LOCAL lock_timeout = '5s';
DO $$
BEGIN
  PERFORM 1 / 0;
EXCEPTION WHEN division_by_zero THEN
  ALTER TABLE audit_log RENAME COLUMN path TO route;
END
$$;
