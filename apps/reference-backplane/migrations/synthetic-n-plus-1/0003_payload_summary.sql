-- What image N+1 adds (contract.md, "rollback-verify"): nullable, with a default of the server, on the table that image N
-- writes on every authenticated request. Only images built with schema `n+1` hold this step.
ALTER TABLE audit_log
  ADD COLUMN payload_summary text NULL DEFAULT 'reserved_for_v0.2',
  ADD COLUMN payload_summary_jsonb jsonb NULL DEFAULT '{}';
