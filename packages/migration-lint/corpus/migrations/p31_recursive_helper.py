"""Behind a helper that calls itself."""

import sqlalchemy as sa
from alembic import op

revision = "p31_recursive_helper"
down_revision = "0002_audit_log_tenant"


def plain(value):
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return str(value)


def upgrade() -> None:
    for row in op.get_bind().execute(sa.text("SELECT payload FROM audit_log LIMIT 5")):
        plain(row.payload)
    op.drop_column("audit_log", "payload")
