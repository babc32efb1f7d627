SET LOCAL lock_timeout = '5s';
CREATE RULE swallow AS ON INSERT TO audit_log DO INSTEAD NOTHING;
