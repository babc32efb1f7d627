"""Column dropped where a context manager is left."""

from alembic import op

revision = "p28_context_manager"
down_revision = "0002_audit_log_tenant"


class Tidying:
    def __enter__(self) -> None:
        op.execute("SET LOCAL lock_timeout = '5s'")

    def __exit__(self, *error: object) -> None:
        op.drop_column("audit_log", "payload")


def upgrade() -> None:
    with Tidying():
        pass
