SET LOCAL lock_timeout = '5s';
ALTER TABLE audit_log DROP CONSTRAINT audit_log_pkey;
ALTER TABLE audit_log ADD COLUMN number bigint PRIMARY KEY;
