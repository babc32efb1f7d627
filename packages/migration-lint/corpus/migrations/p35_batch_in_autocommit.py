"""Sent when the batch ends, within the autocommit block around it."""

from alembic import op

revision = "p35_batch_in_autocommit"
down_revision = "0002_audit_log_tenant"


def upgrade() -> None:
    op.execute("SET lock_timeout = '5s'")
    with op.get_context().autocommit_block():
        with op.batch_alter_table("audit_log") as batch:
            batch.create_index("audit_log_path", ["path"], postgresql_concurrently=True)
