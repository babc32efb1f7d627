CREATE INDEX CONCURRENTLY ix_share ON audit_log (path) WHERE 100 / (status_code - 403) > 1;
