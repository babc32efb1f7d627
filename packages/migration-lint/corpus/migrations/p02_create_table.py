"""New table with its index."""

import sqlalchemy as sa
from alembic import op

revision = "p02_create_table"
down_revision = "0002_audit_log_tenant"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "audit_note",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("audit_id", sa.Uuid(), sa.ForeignKey("audit_log.id"), nullable=False),
    )
    op.create_index("ix_audit_note_audit_id", "audit_note", ["audit_id"])
