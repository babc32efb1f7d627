SET LOCAL lock_timeout = '5s';
CREATE SCHEMA archive;
ALTER TABLE audit_log SET SCHEMA archive;
