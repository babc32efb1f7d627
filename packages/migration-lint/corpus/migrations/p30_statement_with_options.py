"""Statement with execution options."""

import sqlalchemy as sa
from alembic import op

revision = "p30_statement_with_options"
down_revision = "0002_audit_log_tenant"


def upgrade() -> None:
    log = sa.table("audit_log", sa.column("status_code"))
    op.get_bind().execute(sa.delete(log).where(log.c.status_code == 200).execution_options(synchronize_session=False))
