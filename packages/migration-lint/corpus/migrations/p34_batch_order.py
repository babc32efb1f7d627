"""Sent when the batch ends, outside of the autocommit block that the operation stands in."""

from alembic import op

revision = "p34_batch_order"
down_revision = "0002_audit_log_tenant"


def upgrade() -> None:
    op.execute("SET lock_timeout = '5s'")
    with op.batch_alter_table("audit_log") as batch:
        with op.get_context().autocommit_block():
            batch.create_index("audit_log_path", ["path"], postgresql_concurrently=True)
