#!/usr/bin/env bash
# Software: Helm 4.3.1 (Go module helm.sh/helm/v4), go-containerregistry's registry 0.20.6 (Go module).
#
# Behaviour: the digest that "helm push" prints, by which a chart is pinned and signed, is that of a manifest with the archive's
# modification time in the local time zone. One and the same file pushed from a machine in another zone has another digest. So has a
# mirror made by "helm pull" and "helm push": the archive is the same to the byte, but it was written today.
#
# Guess: an OCI digest follows from the content; the same archive gives the same digest wherever and whenever it is pushed.
#
# Seen (the digests differ from run to run, since they hold the time at which the chart was packaged):
#   TZ=UTC                  sha256:c959b2ce…
#   TZ=UTC again            sha256:c959b2ce…
#   TZ=Asia/Tokyo           sha256:48e35b40…
#   pulled and pushed again sha256:1990719a… (the archive is the same to the byte)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/helm.bash"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HELM_CONFIG_HOME="$folder/config" HELM_CACHE_HOME="$folder/cache" HELM_DATA_HOME="$folder/data"

build_helm "$folder"
GOBIN="$folder/bin" go install github.com/google/go-containerregistry/cmd/registry@v0.20.6
"$folder/bin/registry" -port 0 2>"$folder/registry.log" >&2 &
registry=$!
trap 'kill "$registry"; rm -rf "$folder"' EXIT
for _ in {1..100}; do
  grep -q 'serving on port' "$folder/registry.log" && break
  sleep 0.1
done
address=127.0.0.1:$(sed -n 's/.*serving on port //p' "$folder/registry.log")

cd "$folder"
mkdir app pulled
printf '%s\n' 'apiVersion: v2' 'name: app' 'version: 1.0.0' >app/Chart.yaml
bin/helm package app >/dev/null
# Packaged an hour ago, so that what is pulled is newer.
touch -d '1 hour ago' app-1.0.0.tgz

# digest_of ZONE ARCHIVE REPOSITORY
digest_of() {
  TZ=$1 bin/helm push "$2" "oci://$address/$3" --plain-http 2>&1 | sed -n 's/^Digest: //p'
}
utc=$(digest_of UTC app-1.0.0.tgz first)
again=$(digest_of UTC app-1.0.0.tgz second)
tokyo=$(digest_of Asia/Tokyo app-1.0.0.tgz third)
bin/helm pull "oci://$address/first/app" --version 1.0.0 --plain-http --destination pulled >/dev/null 2>&1
cmp app-1.0.0.tgz pulled/app-1.0.0.tgz
mirrored=$(digest_of UTC pulled/app-1.0.0.tgz mirror)

printf '%-24s%s\n' TZ=UTC "$utc" 'TZ=UTC again' "$again" TZ=Asia/Tokyo "$tokyo" 'pulled and pushed again' "$mirrored"
if [ -z "$utc" ] || [ "$utc" != "$again" ] || [ "$utc" = "$tokyo" ] || [ "$utc" = "$mirrored" ]; then
  echo 'changed: the zone and the mirror were to change the digest, and nothing else' >&2
  exit 1
fi
