"""CHECK constraint that refuses what N writes."""

import sqlalchemy as sa
from alembic import op

revision = "p25_check"
down_revision = "0002_audit_log_tenant"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_check_constraint("only_posts", "audit_log", "method = 'POST'", postgresql_not_valid=True)
