SET LOCAL lock_timeout = '5s';
CREATE DOMAIN region AS text NOT NULL;
ALTER TABLE audit_log ADD COLUMN region region;
