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

# The official image is built with protected mode off, so that others than this machine reach it. Debian's is not: where
# neither arguments nor configuration file speak of it, it is turned off here.
if [ "$1" = valkey-server ]; then
  speaks=no
  for argument; do
    case "$argument" in
      --protected-mode* | -v | --version | -h | --help | --check-system | --test-memory) speaks=yes ;;
    esac
  done
  if [ -f "${2:-}" ] && grep -qi '^[[:space:]]*protected-mode' "$2"; then
    speaks=yes
  fi
  [ "$speaks" = yes ] || set -- "$@" --protected-mode no
fi

umask 0077
exec "$@"
