#!/usr/bin/env bash
# Software: Helm 4.3.1 (Go module helm.sh/helm/v4, with oras-go 2.6.2 in it), a server of a few lines in Python that only ever says 429.
#
# Behaviour: a registry that answers 429 with "Retry-After: 10" is asked again after 3 s, six times in all, and helm gives up after 15 s,
# although the second request at the time asked for would have been served. What is above 3 s is cut to 3 s without a word, and a
# date, the header's other form, is not read at all: then helm comes back after a quarter of a second.
#
# Guess: helm waits as long as the registry asks, or says that it will not.
#
# Seen (seconds between one request and the next, rounded):
#   Retry-After: 2       2 2 2 2 2
#   Retry-After: 10      3 3 3 3 3
#   Retry-After: <date>  0 1 1 2 3 (or 0 0 1 2 3)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/helm.bash"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HELM_CONFIG_HOME="$folder/config" HELM_CACHE_HOME="$folder/cache" HELM_DATA_HOME="$folder/data"

build_helm "$folder"

cat >"$folder/server.py" <<'PYTHON'
import http.server, sys, time
folder, told = sys.argv[1:]

class Registry(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        open(folder + '/asked', 'a').write(f'{time.monotonic()}\n')
        after = time.strftime('%a, %d %b %Y %H:%M:%S GMT', time.gmtime(time.time() + 10)) if told == 'date' else told
        self.send_response(429)
        self.send_header('Retry-After', after)
        self.send_header('Content-Length', '0')
        self.end_headers()

    def log_message(self, *_):
        pass

server = http.server.HTTPServer(('127.0.0.1', 0), Registry)
open(folder + '/port', 'w').write(str(server.server_port))
server.serve_forever()
PYTHON

# pauses_with RETRY_AFTER: the whole seconds between helm's requests.
pauses_with() {
  rm -f "$folder/asked" "$folder/port"
  python3 "$folder/server.py" "$folder" "$1" &
  local server=$!
  for _ in {1..100}; do
    [ -s "$folder/port" ] && break
    sleep 0.1
  done
  "$folder/bin/helm" pull "oci://127.0.0.1:$(cat "$folder/port")/team/app" --version 1.0.0 --plain-http >/dev/null 2>&1 || true
  kill "$server"
  python3 -c '
import sys
times = [float(line) for line in open(sys.argv[1])]
print(*(round(after - before) for before, after in zip(times, times[1:])))' "$folder/asked"
}
short=$(pauses_with 2)
long=$(pauses_with 10)
date=$(pauses_with date)

printf '%-21s%s\n' 'Retry-After: 2' "$short" 'Retry-After: 10' "$long" 'Retry-After: <date>' "$date"
# The last of those that grow by themselves are near a half.
if [ "$short" != '2 2 2 2 2' ] || [ "$long" != '3 3 3 3 3' ] || [[ "$date" != 0\ [01]\ 1\ 2\ [34] ]]; then
  echo 'changed: helm was to cut what it is asked to wait to 3 s, and not to read a date' >&2
  exit 1
fi
