SET LOCAL lock_timeout = '5s';
DROP INDEX ix_audit_log_occurred_at;
