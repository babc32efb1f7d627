SET LOCAL lock_timeout = '5s';
ALTER TABLE audit_log ADD COLUMN retries integer;
ALTER TABLE audit_log ADD CONSTRAINT retries_not_negative CHECK (retries >= 0) NOT VALID;
ALTER TABLE audit_log VALIDATE CONSTRAINT retries_not_negative;
