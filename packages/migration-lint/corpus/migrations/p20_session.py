"""By a session of its own."""

import sqlalchemy as sa
from alembic import op

revision = "p20_session"
down_revision = "0002_audit_log_tenant"
from sqlalchemy.orm import Session


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    session = Session(bind=op.get_bind())
    session.execute(sa.text("TRUNCATE audit_log"))
