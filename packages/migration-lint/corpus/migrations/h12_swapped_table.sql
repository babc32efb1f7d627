SET LOCAL lock_timeout = '5s';
CREATE TABLE audit_log_new (id uuid PRIMARY KEY, occurred_at timestamptz, path text);
ALTER TABLE audit_log RENAME TO audit_log_old;
ALTER TABLE audit_log_new RENAME TO audit_log;
