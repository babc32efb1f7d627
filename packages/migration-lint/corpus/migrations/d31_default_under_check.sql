SET LOCAL lock_timeout = '5s';
ALTER TABLE audit_log ADD COLUMN tier int;
ALTER TABLE audit_log ADD CONSTRAINT tier_known CHECK (tier IN (1, 2)) NOT VALID;
ALTER TABLE audit_log ALTER COLUMN tier SET DEFAULT 0;
