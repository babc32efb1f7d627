SET LOCAL lock_timeout = '5s';
ALTER TABLE audit_log ADD COLUMN number bigserial;
