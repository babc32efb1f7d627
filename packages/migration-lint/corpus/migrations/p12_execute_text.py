"""In execute(text(…))."""

import sqlalchemy as sa
from alembic import op

revision = "p12_execute_text"
down_revision = "0002_audit_log_tenant"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.get_bind().execute(
        sa.text(
            """
            -- tidy up
            ALTER TABLE audit_log
                DROP COLUMN path
            """
        )
    )
