SET LOCAL lock_timeout = '5s';
CREATE TABLE tenant (id uuid PRIMARY KEY);
ALTER TABLE audit_log ADD CONSTRAINT of_tenant FOREIGN KEY (tenant_id) REFERENCES tenant (id) NOT VALID;
