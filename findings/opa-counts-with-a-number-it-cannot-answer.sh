#!/usr/bin/env bash
# Software: Open Policy Agent 1.22.4 (Go module github.com/open-policy-agent/opa).
#
# Behaviour: a rule cuts the month out of a date and makes it a number: to_number("09"). The number works everywhere: it equals 9, is found
# in a set with 9, can be compared and counted with. It keeps its text, though, and that is no JSON: an answer that holds it can't be
# written. The server says 500 for that document and 200 for every other one of the same policy, "opa eval" ends with an error. From
# October on, and wherever something is added to it, the same rule answers. to_number("1_000") is another such number.
#
# Guess: either "09" is no number, then the call is undefined, or it is 9.
#
# Seen:
#   month == 9: 200 {"result":true}
#   month + 0:  200 {"result":9}
#   month:      500 invalid number literal "09"
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/opa.bash"
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT
build_opa "$folder"

cat >"$folder/policy.rego" <<'REGO'
package invoice
month := to_number(split("2026-09-05", "-")[1])
same := month == 9
sum := month + 0
REGO
socket=$folder/opa.sock
"$folder/bin/opa" run --server --addr "unix://$socket" --disable-telemetry "$folder/policy.rego" >"$folder/log" 2>&1 &
server=$!
ask() { curl -s --unix-socket "$socket" -o "$folder/body" -w '%{http_code} ' "http://opa/v1/data/invoice/$1" && tr -d '\n' <"$folder/body"; }
for _ in $(seq 100); do
  [ -S "$socket" ] && [ "$(curl -s --unix-socket "$socket" -o /dev/null -w '%{http_code}' http://opa/health || true)" = 200 ] && break
  sleep 0.2
done

same=$(ask same) sum=$(ask sum) month=$(ask month)
echo "month == 9: $same"
echo "month + 0:  $sum"
echo "month:      $month"
case "$same|$sum|$month" in
  '200 {"result":true}|200 {"result":9}|500 '*'invalid number literal'*) ;;
  *)
    echo 'changed: the number was to be compared and counted with, and only an answer that holds it was to fail' >&2
    exit 1
    ;;
esac
