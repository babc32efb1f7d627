#!/bin/sh
# The chart's migration Job runs `python -m meho_backplane.db.migrate`, in this image as in the original one. That is all
# this program does.
if [ "$#" -eq 2 ] && [ "$1" = -m ] && [ "$2" = meho_backplane.db.migrate ]; then
  exec /usr/local/bin/node /app/migrate.mjs
fi
echo 'python: this image only runs: python -m meho_backplane.db.migrate' >&2
exit 2
