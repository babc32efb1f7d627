SET LOCAL lock_timeout = '5s';
CREATE FUNCTION tidy(victim text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE 'ALTER TABLE audit_log DROP COLUMN ' || victim;
END
$$;
SELECT tidy('path');
DROP FUNCTION tidy(text);
