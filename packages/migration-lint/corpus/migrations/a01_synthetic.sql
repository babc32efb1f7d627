ALTER TABLE audit_log
  ADD COLUMN payload_summary text NULL DEFAULT 'reserved_for_v0.2',
  ADD COLUMN payload_summary_jsonb jsonb NULL DEFAULT '{}';
