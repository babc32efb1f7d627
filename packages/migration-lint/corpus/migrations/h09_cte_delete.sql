SET LOCAL lock_timeout = '5s';
CREATE TABLE audit_archive (LIKE audit_log);
WITH moved AS (DELETE FROM audit_log RETURNING *)
INSERT INTO audit_archive SELECT * FROM moved;
