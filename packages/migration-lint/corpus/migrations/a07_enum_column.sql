SET LOCAL lock_timeout = '5s';
CREATE TYPE audit_state AS ENUM ('new', 'seen');
ALTER TABLE audit_log ADD COLUMN state audit_state DEFAULT 'new';
ALTER TYPE audit_state ADD VALUE IF NOT EXISTS 'done';
