CREATE INDEX CONCURRENTLY ix_share ON audit_log ((100 / (status_code - 403)));
