"""Volatile server default."""

import sqlalchemy as sa
from alembic import op

revision = "p22_volatile_default"
down_revision = "0002_audit_log_tenant"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("audit_log", sa.Column("correlation", sa.Uuid(), server_default=sa.func.gen_random_uuid()))
