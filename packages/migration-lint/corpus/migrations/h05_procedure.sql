SET LOCAL lock_timeout = '5s';
CREATE FUNCTION empty_log() RETURNS void LANGUAGE sql AS 'DELETE FROM audit_log';
CREATE PROCEDURE tidy() LANGUAGE plpgsql AS $$ BEGIN PERFORM empty_log(); END $$;
CALL tidy();
