-- Whose operator it was. Null for rows from before tenants were told apart.
ALTER TABLE audit_log ADD COLUMN tenant_id uuid NULL;

CREATE INDEX ix_audit_log_tenant_id ON audit_log (tenant_id);
