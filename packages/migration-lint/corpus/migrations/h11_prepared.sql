SET LOCAL lock_timeout = '5s';
PREPARE tidy AS DELETE FROM audit_log;
EXECUTE tidy;
DEALLOCATE tidy;
