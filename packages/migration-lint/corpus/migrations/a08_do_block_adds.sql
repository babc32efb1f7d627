SET LOCAL lock_timeout = '5s';
DO $$
DECLARE
  wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['trace_id', 'span_id'] LOOP
    EXECUTE format('ALTER TABLE %I ADD COLUMN %I text', 'audit_log', wanted);
  END LOOP;
END
$$;
