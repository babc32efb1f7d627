BEGIN;
CREATE INDEX CONCURRENTLY ix_audit_log_path ON audit_log (path);
COMMIT;
