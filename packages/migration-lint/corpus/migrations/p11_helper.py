"""Behind a helper function."""

import sqlalchemy as sa
from alembic import op

revision = "p11_helper"
down_revision = "0002_audit_log_tenant"
COLUMNS = ("path",)


def _tidy(table, columns):
    for column in columns:
        _drop(table, column)


def _drop(table, column):
    op.drop_column(table, column)



def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _tidy("audit_log", columns=COLUMNS)
