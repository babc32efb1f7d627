"""Only when something holds at run time."""

import sqlalchemy as sa
from alembic import op

revision = "p24_conditional"
down_revision = "0002_audit_log_tenant"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    if sa.inspect(op.get_bind()).has_table("audit_log"):
        op.drop_table("audit_log")
