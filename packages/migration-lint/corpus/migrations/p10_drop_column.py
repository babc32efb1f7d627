"""Column dropped by an operation."""

import sqlalchemy as sa
from alembic import op

revision = "p10_drop_column"
down_revision = "0002_audit_log_tenant"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_column("audit_log", "path")
