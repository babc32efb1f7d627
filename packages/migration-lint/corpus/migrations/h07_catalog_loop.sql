SET LOCAL lock_timeout = '5s';
DO $$
DECLARE
  victim record;
BEGIN
  FOR victim IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'audit%' LOOP
    EXECUTE format('DROP TABLE %I CASCADE', victim.tablename);
  END LOOP;
END
$$;
