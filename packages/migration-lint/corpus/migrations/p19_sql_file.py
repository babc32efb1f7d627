"""Statement from a file."""

import sqlalchemy as sa
from alembic import op

revision = "p19_sql_file"
down_revision = "0002_audit_log_tenant"
from pathlib import Path


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute((Path(__file__).parent / "statement.txt").read_text())
