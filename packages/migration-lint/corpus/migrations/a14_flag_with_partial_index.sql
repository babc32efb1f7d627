SET lock_timeout = '5s';
ALTER TABLE audit_log ADD COLUMN pinned boolean NOT NULL DEFAULT false;
CREATE UNIQUE INDEX CONCURRENTLY ux_audit_log_pinned ON audit_log (operator_sub) WHERE pinned;
