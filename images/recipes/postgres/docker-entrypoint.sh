#!/bin/sh
# Starts PostgreSQL the way users of the official image expect: POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB and PGDATA
# decide about a new database cluster, scripts in /docker-entrypoint-initdb.d fill it, and arguments go to the server.
set -eu

# `-c fsync=off` alone means `postgres -c fsync=off`.
case "${1:-}" in
  '' | -*) set -- postgres "$@" ;;
esac
if [ "$1" != postgres ]; then
  exec "$@"
fi
for argument; do
  case "$argument" in
    -V | --version | -'?' | --help | --describe-config) exec "$@" ;;
  esac
done

if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA" /run/postgresql
  chown -R postgres:postgres "$PGDATA" /run/postgresql
  chmod 700 "$PGDATA"
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi

# Where psql looks for the socket, unless the root file system is read-only.
sockets=/var/run/postgresql
[ -w "$sockets" ] || sockets=/tmp

user=${POSTGRES_USER:-postgres}
database=${POSTGRES_DB:-$user}

initialise() {
  if [ -z "${POSTGRES_PASSWORD:-}" ] && [ "${POSTGRES_HOST_AUTH_METHOD:-}" != trust ]; then
    echo "docker-entrypoint: expected POSTGRES_PASSWORD to be set for a new database cluster (or POSTGRES_HOST_AUTH_METHOD=trust)" >&2
    exit 1
  fi
  # The kernel writes the new cluster to disk in its own time: it takes a third as long, and a test's database that the
  # machine's crash cuts off is made anew.
  # The password comes by a file descriptor: it is in no argument, which every process may read.
  # shellcheck disable=SC2086 # POSTGRES_INITDB_ARGS holds several arguments
  initdb --no-sync --username="$user" --pwfile=/dev/fd/3 --encoding=UTF8 --locale=C.UTF-8 --auth-local=trust \
    --auth-host=scram-sha-256 ${POSTGRES_INITDB_ARGS:-} 3<<END
${POSTGRES_PASSWORD:-unused}
END
  echo "host all all all ${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >> "$PGDATA/pg_hba.conf"

  # Nobody outside can connect before the databases are there.
  pg_ctl --wait --silent --options="-c fsync=off -c listen_addresses='' -c unix_socket_directories=$sockets" start
  if [ "$database" != postgres ]; then
    psql --host="$sockets" --username="$user" --dbname=postgres --quiet -v ON_ERROR_STOP=1 -v database="$database" <<'END'
CREATE DATABASE :"database";
END
  fi
  for script in /docker-entrypoint-initdb.d/*; do
    case "$script" in
      *.sql) psql --host="$sockets" --username="$user" --dbname="$database" -v ON_ERROR_STOP=1 --file="$script" ;;
      *.sh) POSTGRES_USER=$user POSTGRES_DB=$database PGHOST=$sockets sh "$script" ;;
    esac
  done
  pg_ctl --wait --silent --mode=fast stop
  echo "PostgreSQL init process complete; ready for start up."
}

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  initialise
fi

# The server listens everywhere unless its arguments say otherwise: later settings win.
shift
exec postgres -c listen_addresses='*' -c unix_socket_directories="$sockets" "$@"
