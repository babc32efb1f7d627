"""Branch for another database."""

import sqlalchemy as sa
from alembic import op

revision = "p04_other_database"
down_revision = "0002_audit_log_tenant"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    if op.get_bind().dialect.name == "sqlite":
        op.drop_table("audit_log")
    else:
        op.execute(sa.text("ALTER TABLE audit_log ADD COLUMN note text"))
