SET LOCAL lock_timeout = '5s';
CREATE TEMPORARY TABLE audit_log AS SELECT 1 AS one;
DROP TABLE audit_log;
