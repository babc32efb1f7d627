SET LOCAL lock_timeout = '5s';
UPDATE audit_log SET operator_sub = 'redacted';
