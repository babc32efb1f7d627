#!/usr/bin/env bash
# Software: PyJWT 2.15.1, joserfc 1.8.0 (PyPI), jose 6.2.18 (npm).
#
# Behaviour: an issuer signs with PS256 or RS512 and publishes its RSA key without "alg", which RFC 7517 leaves open. PyJWT reads the set of keys, makes up
# RS256 for that key, and refuses every token: "does not match the key's algorithm 'RS256'", whatever algorithms= allows. The document says no
# such thing. The same key handed over bare (.key), or with "alg" in it, verifies the same token, and so do the other libraries.
#
# Guess: a key that names no algorithm is good for each that fits its type, within algorithms=.
#
# Seen, of a key without alg (and of the same key with it):
#   RS256: PyJWT taken; its .key taken; with alg taken; joserfc taken; jose taken
#   RS512: PyJWT InvalidAlgorithmError: Token algorithm 'RS512' does not match the key's algorithm 'RS256'; its .key taken; with alg taken; joserfc taken; jose taken
#   PS256: PyJWT InvalidAlgorithmError: Token algorithm 'PS256' does not match the key's algorithm 'RS256'; its .key taken; with alg taken; joserfc taken; jose taken
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/python"
"$folder/python/bin/pip" install -q 'pyjwt[crypto]==2.15.1' joserfc==1.8.0
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$folder" jose@6.2.18 >/dev/null
cat >"$folder/verify.mjs" <<'JS'
import { createLocalJWKSet, jwtVerify } from 'jose';
const { token, keys, algorithm } = JSON.parse(process.argv[2]);
await jwtVerify(token, createLocalJWKSet(keys), { algorithms: [algorithm] });
JS

"$folder/python/bin/python" - "$folder/verify.mjs" <<'PY'
import json
import subprocess
import sys
import joserfc.jwt
import jwt
from joserfc.jwk import KeySet, RSAKey

key = RSAKey.generate_key(2048, {"kid": "a", "use": "sig"})
published = key.as_dict(private=False)


def outcome(decode):
    try:
        decode()
        return "taken"
    except jwt.PyJWTError as error:
        return f"{type(error).__name__}: {error}"


def seen(algorithm):
    token = joserfc.jwt.encode({"alg": algorithm, "kid": "a"}, {"sub": "a"}, key, algorithms=[algorithm])
    keys = {"keys": [published]}
    named = {"keys": [{**published, "alg": algorithm}]}
    allowed = [algorithm]

    def by_jose():
        given = json.dumps({"token": token, "keys": keys, "algorithm": algorithm})
        subprocess.run(["node", sys.argv[1], given], check=True)

    return [
        outcome(lambda: jwt.decode(token, jwt.PyJWKSet.from_dict(keys)["a"], algorithms=allowed)),
        outcome(lambda: jwt.decode(token, jwt.PyJWKSet.from_dict(keys)["a"].key, algorithms=allowed)),
        outcome(lambda: jwt.decode(token, jwt.PyJWKSet.from_dict(named)["a"], algorithms=allowed)),
        outcome(lambda: joserfc.jwt.decode(token, KeySet.import_key_set(keys), algorithms=allowed)),
        outcome(by_jose),
    ]


assert "alg" not in published, published
changed = False
for algorithm in ("RS256", "RS512", "PS256"):
    first, *others = seen(algorithm)
    bare, named, joserfc_, jose = others
    print(f"{algorithm}: PyJWT {first}; its .key {bare}; with alg {named}; joserfc {joserfc_}; jose {jose}")
    refusal = f"InvalidAlgorithmError: Token algorithm '{algorithm}' does not match the key's algorithm 'RS256'"
    changed |= first != ("taken" if algorithm == "RS256" else refusal) or others != ["taken"] * 4
if changed:
    sys.exit("changed: PyJWT alone was to refuse, what isn't RS256, by a key without alg")
PY
