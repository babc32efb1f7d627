"""Behind a helper of another file."""

import sqlalchemy as sa
from alembic import op

revision = "p18_imported_helper"
down_revision = "0002_audit_log_tenant"
from corpus_helpers import tidy


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    tidy(op)
