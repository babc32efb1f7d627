CREATE SCHEMA scratch;
BEGIN;
SET LOCAL search_path = scratch;
CREATE TABLE audit_log (id int);
COMMIT;
SET lock_timeout = '5s';
DROP TABLE audit_log;
