#!/usr/bin/env bash
# Software: go-jose 4.1.9, go-oidc 3.21.0 (built on go-jose), jwx 3.4.0, keyfunc 3.9.2 (Go modules); PyJWT 2.15.1, joserfc 1.8.0, Authlib 1.9.10,
# jwcrypto 1.6.1 (PyPI); jose 6.2.18 (npm).
#
# Behaviour: an issuer signs with the RSA key that it always had, and publishes a second key beside it, of a type that is new (AKP, ML-DSA-65), to get
# ready. RFC 7517, section 5, says to ignore a key of a type that isn't understood. Four of nine libraries refuse the whole document, so that
# every login fails although the key that signed is in it, unchanged. What a library is built on tells nothing: go-jose refuses
# it and go-oidc, whose keys are go-jose's, doesn't (it decodes key by key).
#
# Guess: all of them ignore it; if one doesn't, then an old one.
#
# Seen, for a token signed by the RSA key:
#   go-jose: refused   go-oidc: taken   jwx: refused   keyfunc: refused
#   PyJWT: taken   joserfc: taken   Authlib: refused   jwcrypto: taken
#   jose: taken
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv python
python/bin/pip install -q 'pyjwt[crypto]==2.15.1' joserfc==1.8.0 authlib==1.9.10 jwcrypto==1.6.1
npm install --silent --no-audit --no-fund --ignore-scripts jose@6.2.18 >/dev/null

python/bin/python - <<'PY'
import base64, json, os, time
from joserfc import jwk, jwt

rsa = jwk.RSAKey.generate_key(2048, {"kid": "now", "use": "sig", "alg": "RS256"}, private=True)
public = base64.urlsafe_b64encode(os.urandom(1952)).rstrip(b"=").decode()
later = {"kty": "AKP", "alg": "ML-DSA-65", "kid": "later", "use": "sig", "pub": public}
now = int(time.time())
claims = {"iss": "https://issuer.example.com", "aud": "app", "sub": "u", "iat": now - 1, "exp": now + 3600}
json.dump({"keys": [later, rsa.as_dict(private=False)]}, open("with.json", "w"))
json.dump({"keys": [rsa.as_dict(private=False)]}, open("without.json", "w"))
open("token", "w").write(jwt.encode({"alg": "RS256", "kid": "now"}, claims, rsa))
PY

cat >check.py <<'PY'
import json, sys
import authlib.jose, joserfc.jwk, joserfc.jwt, jwcrypto.jwk, jwcrypto.jwt, jwt

text = open(sys.argv[1]).read()
keys, token = json.loads(text), open("token").read()

def by_pyjwt():
    jwt.decode(token, jwt.PyJWKSet.from_dict(keys)["now"], algorithms=["RS256"], audience="app")

def by_joserfc():
    joserfc.jwt.decode(token, joserfc.jwk.KeySet.import_key_set(keys), algorithms=["RS256"])

def by_authlib():
    authlib.jose.JsonWebToken(["RS256"]).decode(token, authlib.jose.JsonWebKey.import_key_set(keys))

def by_jwcrypto():
    jwcrypto.jwt.JWT(jwt=token, key=jwcrypto.jwk.JWKSet.from_json(text), algs=["RS256"])

for name, check in {"PyJWT": by_pyjwt, "joserfc": by_joserfc, "Authlib": by_authlib, "jwcrypto": by_jwcrypto}.items():
    try:
        check()
        print(f"{name}: taken")
    except Exception as error:
        print(f"{name}: refused")
        print(f"  {name}: {error!r}", file=sys.stderr)
PY

cat >check.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { createLocalJWKSet, jwtVerify } from 'jose';
const keys = createLocalJWKSet(JSON.parse(readFileSync(process.argv[2], 'utf8')));
await jwtVerify(readFileSync('token', 'utf8'), keys, { audience: 'app' }).then(
  () => console.log('jose: taken'),
  (error) => {
    console.log('jose: refused');
    console.error(`  jose: ${error}`);
  },
);
JS

mkdir go
cat >go/main.go <<'GO'
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
	josejwt "github.com/go-jose/go-jose/v4/jwt"
	"github.com/golang-jwt/jwt/v5"
	"github.com/lestrrat-go/jwx/v3/jwk"
	jwxjwt "github.com/lestrrat-go/jwx/v3/jwt"
)

var keys, token []byte

func byGoJose() error {
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(keys, &set); err != nil {
		return err
	}
	parsed, err := josejwt.ParseSigned(string(token), []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return err
	}
	return parsed.Claims(set, &josejwt.Claims{})
}

func byGoOidc() error {
	server := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, _ *http.Request) { answer.Write(keys) }))
	defer server.Close()
	set := oidc.NewRemoteKeySet(context.Background(), server.URL)
	_, err := oidc.NewVerifier("https://issuer.example.com", set, &oidc.Config{ClientID: "app"}).Verify(context.Background(), string(token))
	return err
}

func byJwx() error {
	set, err := jwk.Parse(keys)
	if err == nil {
		_, err = jwxjwt.Parse(token, jwxjwt.WithKeySet(set))
	}
	return err
}

func byKeyfunc() error {
	set, err := keyfunc.NewJWKSetJSON(keys)
	if err == nil {
		_, err = jwt.Parse(string(token), set.Keyfunc)
	}
	return err
}

func main() {
	keys, _ = os.ReadFile(os.Args[1])
	token, _ = os.ReadFile("token")
	for _, by := range []struct {
		name  string
		check func() error
	}{{"go-jose", byGoJose}, {"go-oidc", byGoOidc}, {"jwx", byJwx}, {"keyfunc", byKeyfunc}} {
		if err := by.check(); err != nil {
			fmt.Printf("%s: refused\n", by.name)
			fmt.Fprintf(os.Stderr, "  %s: %v\n", by.name, err)
		} else {
			fmt.Printf("%s: taken\n", by.name)
		}
	}
}
GO
(
  cd go
  go mod init check 2>/dev/null
  go get github.com/go-jose/go-jose/v4@v4.1.9 github.com/coreos/go-oidc/v3@v3.21.0 github.com/lestrrat-go/jwx/v3@v3.4.0 \
    github.com/MicahParks/keyfunc/v3@v3.9.2 github.com/golang-jwt/jwt/v5@v5.3.1 2>/dev/null
  go mod tidy 2>/dev/null
  go build -o ../check .
)

all() { ./check "$1" && python/bin/python -W ignore check.py "$1" && node check.mjs "$1"; }
without=$(all without.json)
if grep -q refused <<<"$without"; then
  echo "changed: without the second key all were to take the token: $without" >&2
  exit 1
fi
with=$(all with.json)
echo "$with"
if [ "$(paste -sd' ' <<<"$with")" != 'go-jose: refused go-oidc: taken jwx: refused keyfunc: refused PyJWT: taken joserfc: taken Authlib: refused jwcrypto: taken jose: taken' ]; then
  echo 'changed: go-jose, jwx, keyfunc and Authlib were to refuse, the others to take the token' >&2
  exit 1
fi
