SET LOCAL lock_timeout = '5s';
DELETE FROM audit_log WHERE status_code = 200;
