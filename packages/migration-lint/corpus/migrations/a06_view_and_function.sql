SET LOCAL lock_timeout = '5s';
CREATE VIEW audit_recent AS SELECT id, path FROM audit_log WHERE occurred_at > now() - interval '1 day';
CREATE FUNCTION audit_count() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT count(*) FROM audit_log';
SELECT audit_count();
