#!/bin/sh
# Starts Valkey the way users of the official image expect: a configuration file or options alone mean `valkey-server`,
# and root hands over to uid 999. Any other user runs it as it is, on a root file system that may be read-only.
set -eu

case "${1:-}" in
  '' | -* | *.conf) set -- valkey-server "$@" ;;
esac

if [ "$1" = valkey-server ] && [ "$(id -u)" = 0 ]; then
  # On a read-only root file system there is nothing to own.
  find . ! -uid 999 -exec chown 999:999 '{}' + 2>/dev/null || true
  exec setpriv --reuid=999 --regid=999 --clear-groups "$0" "$@"
fi

umask 0077
if [ "$1" = valkey-server ] && [ $# -eq 1 ]; then
  # Without a configuration nobody could reach it: protected mode refuses all but this machine.
  set -- valkey-server --protected-mode no
fi
exec "$@"
