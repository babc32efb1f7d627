-- The audit log: one row for every authenticated request.
CREATE TABLE audit_log (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  occurred_at timestamptz NOT NULL DEFAULT now(),
  operator_sub text NOT NULL,
  method text NOT NULL,
  path text NOT NULL,
  status_code integer NOT NULL,
  request_id uuid NULL,
  duration_ms numeric(10, 2) NULL,
  payload jsonb NOT NULL DEFAULT '{}'
);

CREATE INDEX ix_audit_log_occurred_at ON audit_log (occurred_at);
CREATE INDEX ix_audit_log_operator_sub ON audit_log (operator_sub);
