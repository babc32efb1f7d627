#!/usr/bin/env bash
# Exec plugin of a kubeconfig, in a job with `id-token: write`: a fresh token of GitHub's OIDC issuer.
#
#   cluster-token.sh AUDIENCE
#
# Such a token lives for five minutes. The time that is given here is a minute less, so that kubectl, helm and the suite come
# back before it has run out.
set -euo pipefail

audience="${1:?the audience that the API server expects}"
url="${ACTIONS_ID_TOKEN_REQUEST_URL:?not a job with id-token: write}"
token="${ACTIONS_ID_TOKEN_REQUEST_TOKEN:?not a job with id-token: write}"

# The token goes through a pipe: the arguments of a process are for everybody to read.
answer="$(printf 'header = "Authorization: bearer %s"\n' "$token" |
  curl --silent --show-error --fail --retry 3 --max-time 8 --config - --get --data-urlencode "audience=$audience" "$url")"
value="$(sed -n 's/.*"value" *: *"\([A-Za-z0-9._-]*\)".*/\1/p' <<<"$answer")"
if [ -z "$value" ]; then
  echo "GitHub's answer holds no token" >&2
  exit 1
fi

printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%s","expirationTimestamp":"%s"}}\n' \
  "$value" "$(date -u -d '+4 minutes' +%Y-%m-%dT%H:%M:%SZ)"
