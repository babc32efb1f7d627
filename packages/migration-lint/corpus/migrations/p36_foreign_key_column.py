"""A column with a foreign key, which Alembic sends as a statement of its own: every row is checked."""

import sqlalchemy as sa
from alembic import op

revision = "p36_foreign_key_column"
down_revision = "0002_audit_log_tenant"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table("regions", sa.Column("id", sa.Integer(), primary_key=True))
    op.add_column("audit_log", sa.Column("region_id", sa.Integer(), sa.ForeignKey("regions.id")))
