SET LOCAL lock_timeout = '5s';
ALTER TABLE audit_log ADD CONSTRAINT no_health CHECK (path NOT LIKE '/api/v1/health%') NOT VALID;
