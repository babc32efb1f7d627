"""Rows deleted by an expression."""

import sqlalchemy as sa
from alembic import op

revision = "p16_table_delete"
down_revision = "0002_audit_log_tenant"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    audit_log = sa.table("audit_log", sa.column("status_code"))
    op.execute(audit_log.delete().where(audit_log.c.status_code == 200))
