BEGIN;
SET LOCAL lock_timeout = '5s';
ALTER TABLE audit_log ADD COLUMN kind text;
COMMIT;
UPDATE audit_log SET kind = 'request' WHERE kind IS NULL;
