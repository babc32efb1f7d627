"""Statement from a helper that mostly returns another."""

import sqlalchemy as sa
from alembic import op

revision = "p27_early_return"
down_revision = "0002_audit_log_tenant"


def statement() -> str:
    if op.get_bind().execute(sa.text("SELECT 1")).scalar():
        return "ALTER TABLE audit_log DROP COLUMN payload"
    return "SELECT 1"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(statement())
