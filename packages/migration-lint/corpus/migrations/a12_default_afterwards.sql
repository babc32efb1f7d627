SET LOCAL lock_timeout = '5s';
ALTER TABLE audit_log ADD COLUMN correlation uuid;
ALTER TABLE audit_log ALTER COLUMN correlation SET DEFAULT gen_random_uuid();
