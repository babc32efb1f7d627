"""Column with index=True."""

import sqlalchemy as sa
from alembic import op

revision = "p21_column_index"
down_revision = "0002_audit_log_tenant"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("audit_log", sa.Column("region", sa.Text(), index=True))
