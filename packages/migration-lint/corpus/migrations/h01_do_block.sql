SET LOCAL lock_timeout = '5s';
DO $$
BEGIN
  ALTER TABLE audit_log DROP COLUMN path;
END
$$;
