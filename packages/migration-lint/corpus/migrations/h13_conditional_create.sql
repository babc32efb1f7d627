SET LOCAL lock_timeout = '5s';
CREATE TABLE IF NOT EXISTS audit_log (id uuid PRIMARY KEY);
DROP TABLE audit_log;
