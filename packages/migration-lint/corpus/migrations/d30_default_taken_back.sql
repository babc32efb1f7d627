SET LOCAL lock_timeout = '5s';
ALTER TABLE audit_log ADD COLUMN source text NOT NULL DEFAULT 'api';
ALTER TABLE audit_log ALTER COLUMN source DROP DEFAULT;
