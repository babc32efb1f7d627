"""Index built concurrently."""

import sqlalchemy as sa
from alembic import op

revision = "p03_concurrently"
down_revision = "0002_audit_log_tenant"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    with op.get_context().autocommit_block():
        op.create_index("ix_audit_log_path", "audit_log", ["path"], postgresql_concurrently=True)
