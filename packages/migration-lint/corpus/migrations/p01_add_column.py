"""Columns added by operations."""

import sqlalchemy as sa
from alembic import op

revision = "p01_add_column"
down_revision = "0002_audit_log_tenant"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("audit_log", sa.Column("note", sa.Text(), nullable=True))
    with op.batch_alter_table("audit_log") as batch:
        batch.add_column(sa.Column("region", sa.Text(), nullable=False, server_default="eu"))


def downgrade() -> None:
    op.drop_column("audit_log", "region")
    op.drop_table("audit_log")
