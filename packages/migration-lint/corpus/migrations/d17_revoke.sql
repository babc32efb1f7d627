SET LOCAL lock_timeout = '5s';
REVOKE INSERT ON audit_log FROM CURRENT_USER;
