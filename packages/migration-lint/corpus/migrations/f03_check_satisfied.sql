SET LOCAL lock_timeout = '5s';
ALTER TABLE audit_log ADD CONSTRAINT status_known CHECK (status_code BETWEEN 100 AND 599) NOT VALID;
