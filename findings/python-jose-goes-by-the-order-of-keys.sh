#!/usr/bin/env bash
# Software: python-jose 3.5.0, PyJWT 2.15.1, joserfc 1.8.0 (PyPI).
#
# Behaviour: an issuer publishes an RSA key and an EC key, and a token names the RSA key by its kid. python-jose tries the keys in the order in which they
# stand in the document, without a look at the kid, and stops with an error at the first one of another type. With the RSA key first
# every login goes through; with the EC key first every one fails. The order in a set of keys means nothing, and issuers change it
# when they change keys.
#
# Guess: the key that the token names is used, wherever it stands; without a kid, each is tried.
#
# Seen:
#   RSA, EC: python-jose taken; PyJWT taken; joserfc taken
#   EC, RSA: python-jose JWKError: Incorrect key type. Expected: 'RSA', Received: EC; PyJWT taken; joserfc taken
#   another RSA key, RSA: python-jose taken; PyJWT taken; joserfc taken
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/python"
"$folder/python/bin/pip" install -q 'python-jose[cryptography]==3.5.0' pyjwt==2.15.1 joserfc==1.8.0

"$folder/python/bin/python" - <<'PY'
import sys
import joserfc.jwt
import jwt
from jose import jwt as jose
from jose.exceptions import JOSEError
from joserfc.jwk import ECKey, KeySet, RSAKey

signing = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"})
earlier = RSAKey.generate_key(2048, {"kid": "earlier", "use": "sig"})
curve = ECKey.generate_key("P-256", {"kid": "ec", "use": "sig"})
token = joserfc.jwt.encode({"alg": "RS256", "kid": "rsa"}, {"sub": "a"}, signing)

def by_python_jose(keys):
    try:
        jose.decode(token, keys, algorithms=["RS256"])
        return "taken"
    except JOSEError as error:
        return f"{type(error).__name__}: {error}"

def by_pyjwt(keys):
    jwt.decode(token, jwt.PyJWKSet.from_dict(keys)[jwt.get_unverified_header(token)["kid"]], algorithms=["RS256"])
    return "taken"

def by_joserfc(keys):
    joserfc.jwt.decode(token, KeySet.import_key_set(keys), algorithms=["RS256"])
    return "taken"

def seen(*keys):
    document = {"keys": [key.as_dict(private=False) for key in keys]}
    return [by_python_jose(document), by_pyjwt(document), by_joserfc(document)]

orders = {"RSA, EC": seen(signing, curve), "EC, RSA": seen(curve, signing), "another RSA key, RSA": seen(earlier, signing)}
for name, (first, second, third) in orders.items():
    print(f"{name}: python-jose {first}; PyJWT {second}; joserfc {third}")
taken = ["taken"] * 3
refused = ["JWKError: Incorrect key type. Expected: 'RSA', Received: EC", "taken", "taken"]
if list(orders.values()) != [taken, refused, taken]:
    print("changed: python-jose alone was to refuse, and only with the EC key first", file=sys.stderr)
    sys.exit(1)
PY
