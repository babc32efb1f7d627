SET LOCAL lock_timeout = '5s';
CREATE TABLE IF NOT EXISTS scratch (a integer, b integer);
ALTER TABLE scratch DROP COLUMN b;
