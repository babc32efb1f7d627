#!/usr/bin/env bash
# Software: Open Policy Agent 1.22.4 (Go module github.com/open-policy-agent/opa).
#
# Behaviour: a message gives a ratio with one digit: sprintf("%.1f times the request", [limit / request]). For 3 / 2 it says 1.5 times. For 4 / 2 it says
# "%!f(int64=2) times": a number that happens to be whole is an integer to sprintf, although Rego has one kind of number in which 2 and 2.0 are
# equal. The other way round %d is right for 2 and broken for 2.0, as JSON writers put it. A test of the rule with one pair of
# numbers says nothing of the next.
#
# Guess: with one kind of number, %.1f of 2 is 2.0.
#
# Seen:
#   %.1f: 3 / 2 "1.5", 4 / 2 "%!f(int64=2)"
#   %d:   2 "2", 2.0 "%!d(float64=2)"; 2 == 2.0 true
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/opa.bash"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
build_opa "$folder"

while IFS='|' read -r expression expected; do
  seen=$(evaluate "$folder" "$expression")
  echo "$expression: $seen"
  if [ "$seen" != "$expected" ]; then
    echo "changed: $expected was seen for $expression" >&2
    exit 1
  fi
done <<'CASES'
sprintf("%.1f", [3 / 2])|"1.5"
sprintf("%.1f", [4 / 2])|"%!f(int64=2)"
sprintf("%d", [2])|"2"
sprintf("%d", [2.0])|"%!d(float64=2)"
2 == 2.0|true
CASES
