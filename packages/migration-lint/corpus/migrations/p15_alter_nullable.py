"""NOT NULL set by an operation."""

import sqlalchemy as sa
from alembic import op

revision = "p15_alter_nullable"
down_revision = "0002_audit_log_tenant"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.alter_column("audit_log", "request_id", existing_type=sa.Uuid(), nullable=False)
