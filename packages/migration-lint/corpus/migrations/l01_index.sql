SET LOCAL lock_timeout = '5s';
CREATE INDEX ix_audit_log_path ON audit_log (path);
