SET LOCAL lock_timeout = '5s';
CREATE TABLE audit_note (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  audit_id uuid NOT NULL REFERENCES audit_log (id),
  note text NOT NULL CHECK (note <> ''),
  UNIQUE (audit_id, note)
);
CREATE INDEX ix_audit_note_audit_id ON audit_note (audit_id);
INSERT INTO audit_note (audit_id, note) SELECT id, 'first' FROM audit_log LIMIT 1;
