#!/usr/bin/env bash
# Software: Open Policy Agent 1.22.4 (Go module github.com/open-policy-agent/opa).
#
# Behaviour: net.cidr_merge() makes the shortest list of networks that covers what it is given, and takes addresses beside networks. An
# IPv4 address without a mask doesn't count as itself but as the whole network of its class, as addresses were divided before 1993: 10.0.0.5
# is 10.0.0.5/8, 16 million addresses, two neighbours in 172.16.0.0 are all of 172.16.0.0/16. A list of ranges that was put together from
# pod addresses is far too wide, without an error. An IPv6 address makes the call undefined. net.cidr_contains() with the same address
# takes it for itself.
#
# Guess: an address is a /32, so that 10.0.0.5 disappears in 10.0.0.0/24, and IPv6 addresses are treated as IPv4's are.
#
# Seen:
#   ["10.0.0.5"]: ["10.0.0.5/8"]
#   ["172.16.0.9","172.16.0.10"]: ["172.16.0.0/16"]
#   ["192.168.1.7"]: ["192.168.1.7/24"]
#   ["10.0.0.5/32"]: ["10.0.0.5/32"]
#   ["2001:db8::1"]: undefined
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/opa.bash"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
build_opa "$folder"

while IFS=' ' read -r given expected; do
  seen=$(evaluate "$folder" "net.cidr_merge($given)")
  echo "$given: $seen"
  if [ "$seen" != "$expected" ]; then
    echo "changed: $expected was seen for $given" >&2
    exit 1
  fi
done <<'CASES'
["10.0.0.5"] ["10.0.0.5/8"]
["172.16.0.9","172.16.0.10"] ["172.16.0.0/16"]
["192.168.1.7"] ["192.168.1.7/24"]
["10.0.0.5/32"] ["10.0.0.5/32"]
["2001:db8::1"] undefined
CASES
