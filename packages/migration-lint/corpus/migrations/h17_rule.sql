CREATE TABLE tidying (at timestamptz);
CREATE RULE tidy AS ON INSERT TO tidying DO ALSO DELETE FROM audit_log;
INSERT INTO tidying VALUES (now());
