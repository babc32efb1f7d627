SET LOCAL lock_timeout = '5s';
GRANT SELECT ON audit_log TO PUBLIC;
COMMENT ON TABLE audit_log IS 'DROP TABLE audit_log; is only a comment';
