SET LOCAL lock_timeout = '5s';
ALTER TABLE audit_log ADD COLUMN note text;
CREATE TABLE audit_log_copy AS SELECT id, path FROM audit_log;
