"""String built from parts."""

import sqlalchemy as sa
from alembic import op

revision = "p13_built_string"
down_revision = "0002_audit_log_tenant"
PREFIX = "audit_"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in [PREFIX + "log"]:
        statement = f"ALTER TABLE {table} "
        statement += "{} COLUMN %s" % "path"
        op.execute(statement.format("DROP"))
