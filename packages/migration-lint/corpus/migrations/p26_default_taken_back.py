"""NOT NULL column whose server default is only there for old rows."""

import sqlalchemy as sa
from alembic import op

revision = "p26_default_taken_back"
down_revision = "0002_audit_log_tenant"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("audit_log", sa.Column("source", sa.Text(), nullable=False, server_default="api"))
    op.alter_column("audit_log", "source", server_default=None)
