CREATE FUNCTION tidy() RETURNS int LANGUAGE sql AS 'DELETE FROM audit_log; SELECT 1';
DO $$
BEGIN
  RAISE NOTICE 'tidied: %', tidy();
END
$$;
