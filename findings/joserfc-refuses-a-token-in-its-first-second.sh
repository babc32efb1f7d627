#!/usr/bin/env bash
# Software: joserfc 1.8.0, PyJWT 2.15.1 (PyPI).
#
# Behaviour: the "iat" of a token may have a fraction (RFC 7519: a number of seconds, also a non-integer one). joserfc compares it with the clock cut
# to whole seconds: a token that is used at once was "issued in the future" until the next second begins. One clock, no skew; a
# service that gets a token and calls with it fails now and then, the later in its second the token was issued the more often. PyJWT takes it.
#
# Guess: on one machine a token can't come from the future.
#
# Seen:
#   issued at .2 of a second, checked at .6: joserfc invalid_claim: The token was issued in the future
#   the same, checked in the next second:    joserfc taken
#   PyJWT: taken both times
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/python"
"$folder/python/bin/pip" install -q joserfc==1.8.0 'pyjwt==2.15.1'

"$folder/python/bin/python" - <<'PY'
import sys, time
import jwt
from joserfc import jwk
from joserfc.jwt import JWTClaimsRegistry, decode, encode

secret = "0123456789abcdef0123456789abcdef"
key = jwk.OctKey.import_key(secret)

def until(fraction):
    now = time.time()
    time.sleep((fraction - now % 1) % 1)

def by_joserfc(token):
    try:
        JWTClaimsRegistry().validate(decode(token, key).claims)
        return "taken"
    except Exception as error:
        return str(error)

def by_pyjwt(token):
    jwt.decode(token, secret, algorithms=["HS256"])
    return "taken"

until(0.2)
issued = time.time()
token = encode({"alg": "HS256"}, {"iat": issued}, key)
until(0.6)
if time.time() >= int(issued) + 1:
    print("could not run: the machine is too busy to use a token in the second of its issue", file=sys.stderr)
    sys.exit(2)
seen = [by_joserfc(token), by_pyjwt(token)]
until(0.1)
seen += [by_joserfc(token), by_pyjwt(token)]
print(f"in the second of its issue: joserfc {seen[0]}; PyJWT {seen[1]}")
print(f"in the next:                joserfc {seen[2]}; PyJWT {seen[3]}")
if "issued in the future" not in seen[0] or seen[1:] != ["taken"] * 3:
    print("changed: joserfc was to refuse the token in the second of its issue, and nobody else or later", file=sys.stderr)
    sys.exit(1)
PY
