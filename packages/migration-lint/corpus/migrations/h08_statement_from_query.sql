SET LOCAL lock_timeout = '5s';
DO $$
BEGIN
  EXECUTE (SELECT string_agg('ALTER TABLE ' || tablename || ' DROP COLUMN path', ';') FROM pg_tables WHERE tablename = 'audit_log');
END
$$;
