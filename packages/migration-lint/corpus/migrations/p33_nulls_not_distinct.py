"""Unique index that takes NULL for a value."""

import sqlalchemy as sa
from alembic import op

revision = "p33_nulls_not_distinct"
down_revision = "0002_audit_log_tenant"


def upgrade() -> None:
    op.add_column("audit_log", sa.Column("attempt", sa.Integer()))
    op.create_index(
        "ux_audit_log_attempt",
        "audit_log",
        ["operator_sub", "attempt"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
