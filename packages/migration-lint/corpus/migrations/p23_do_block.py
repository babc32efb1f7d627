"""DO block in execute."""

import sqlalchemy as sa
from alembic import op

revision = "p23_do_block"
down_revision = "0002_audit_log_tenant"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DO $$ BEGIN EXECUTE concat('ALTER TABLE ', 'audit_log', ' DROP COLUMN path'); END $$")
