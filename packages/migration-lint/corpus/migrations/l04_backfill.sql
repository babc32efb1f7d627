SET LOCAL lock_timeout = '5s';
ALTER TABLE audit_log ADD COLUMN kind text;
UPDATE audit_log SET kind = 'request';
