"""Enum made and used."""

import sqlalchemy as sa
from alembic import op

revision = "p05_enum"
down_revision = "0002_audit_log_tenant"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    state = sa.Enum("new", "seen", name="audit_state")
    state.create(op.get_bind(), checkfirst=True)
    op.add_column("audit_log", sa.Column("state", state, server_default="new"))
