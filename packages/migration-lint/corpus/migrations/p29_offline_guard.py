"""Dropped only where a server is there."""

from alembic import op

revision = "p29_offline_guard"
down_revision = "0002_audit_log_tenant"


def upgrade() -> None:
    if op.get_context().as_sql:
        return
    op.drop_column("audit_log", "payload")
