SET LOCAL lock_timeout = '5s';
ALTER TABLE audit_log ADD COLUMN share integer GENERATED ALWAYS AS (100 / (status_code - 403)) STORED;
