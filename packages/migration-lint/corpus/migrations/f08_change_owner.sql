SET LOCAL lock_timeout = '5s';
ALTER TABLE audit_log OWNER TO CURRENT_USER;
