SET LOCAL lock_timeout = '5s';
CREATE TABLE region (id int PRIMARY KEY);
ALTER TABLE audit_log ADD COLUMN region_id int REFERENCES region;
TRUNCATE region CASCADE;
