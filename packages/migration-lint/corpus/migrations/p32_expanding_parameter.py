"""Rows deleted by a list of values."""

import sqlalchemy as sa
from alembic import op

revision = "p32_expanding_parameter"
down_revision = "0002_audit_log_tenant"


def upgrade() -> None:
    statement = sa.text("DELETE FROM audit_log WHERE status_code IN :codes")
    op.get_bind().execute(statement.bindparams(sa.bindparam("codes", expanding=True)), {"codes": [200, 201]})
