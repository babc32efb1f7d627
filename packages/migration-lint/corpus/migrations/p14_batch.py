"""In a batch operation."""

import sqlalchemy as sa
from alembic import op

revision = "p14_batch"
down_revision = "0002_audit_log_tenant"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    with op.batch_alter_table("audit_log", schema=None) as batch:
        batch.alter_column("path", new_column_name="route", existing_type=sa.Text())
