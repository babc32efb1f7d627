#!/usr/bin/env bash
# Software: Open Policy Agent 1.22.4 (Go module github.com/open-policy-agent/opa).
#
# Behaviour: a policy asks how long a certificate still holds, or for how long an approval has been given: time.diff(end, now). The answer has no sign. A time
# that was two months ago and one that comes in two months are both [0, 2, 0, 0, 0, 0], so a rule that asks for a month at least takes what
# expired long ago. The two times may be given in either order, while the plain difference of the numbers has its sign.
#
# Guess: what lies the other way is negative in each part.
#
# Seen, of 2024-03-01 and 2024-01-01, and the other way round:
#   time.diff: [0,2,0,0,0,0] [0,2,0,0,0,0]
#   minus:     5184000000000000 -5184000000000000
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/opa.bash"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
build_opa "$folder"

late='time.parse_rfc3339_ns("2024-03-01T00:00:00Z")' early='time.parse_rfc3339_ns("2024-01-01T00:00:00Z")'
difference="$(evaluate "$folder" "time.diff($late, $early)") $(evaluate "$folder" "time.diff($early, $late)")"
minus="$(evaluate "$folder" "$late - $early") $(evaluate "$folder" "$early - $late")"
echo "time.diff: $difference"
echo "minus: $minus"
if [ "$difference" != '[0,2,0,0,0,0] [0,2,0,0,0,0]' ] || [ "$minus" != '5184000000000000 -5184000000000000' ]; then
  echo 'changed: time.diff was to give the same in both orders, and minus a sign' >&2
  exit 1
fi
