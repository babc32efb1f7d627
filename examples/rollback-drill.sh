#!/usr/bin/env bash
# From the installed N to N+1 and back, as an operator would after a bad release; then the verifier judges: its exit code is this script's.
# What somebody has set by hand since (`kubectl scale`, `kubectl set image`) is as the chart says afterwards, by Helm 3 as by Helm 4.
#
#   MEHO_HOST=meho.example.com MEHO_GIT_SHA=3f2a9c1… MEHO_NEXT_IMAGE_TAG=sha-… ./rollback-drill.sh [flags of rollback-verify]
#
# Environment:
#   MEHO_HOST             host that the Ingress publishes
#   MEHO_GIT_SHA          commit of N, which is installed now
#   MEHO_NEXT_IMAGE_TAG   tag of N+1; MEHO_NEXT_IMAGE_REPOSITORY where it is in another repository
#   MEHO_CHART, MEHO_CHART_VERSION   as for install.sh
#   MEHO_NAMESPACE, MEHO_RELEASE     (default meho, meho)
#   DATABASE_URL, KUBECONFIG         as rollback-verify takes them
set -euo pipefail

usage() {
  echo "error: $1 is not set; see the head of $0" >&2
  exit 2
}
[ -n "${MEHO_HOST:-}" ] || usage MEHO_HOST
[ -n "${MEHO_GIT_SHA:-}" ] || usage MEHO_GIT_SHA
[ -n "${MEHO_NEXT_IMAGE_TAG:-}" ] || usage MEHO_NEXT_IMAGE_TAG

namespace="${MEHO_NAMESPACE:-meho}"
release="${MEHO_RELEASE:-meho}"
next=("${MEHO_CHART:-oci://ghcr.io/evoila/meho-chart}" --set-string "image.tag=$MEHO_NEXT_IMAGE_TAG")
if [ -n "${MEHO_CHART_VERSION:-}" ]; then
  next+=(--version "$MEHO_CHART_VERSION")
fi
if [ -n "${MEHO_NEXT_IMAGE_REPOSITORY:-}" ]; then
  next+=(--set-string "image.repository=$MEHO_NEXT_IMAGE_REPOSITORY")
fi

# The revision to go back to is the one that is there now, by its number: "the one before" may be an upgrade that failed.
revision="$(helm history "$release" --namespace "$namespace" --max 1 --output yaml | sed -n 's/^[- ]*revision: *//p')"
if [ -z "$revision" ]; then
  echo "error: helm tells of no revision of $release in $namespace" >&2
  exit 2
fi

# A digest pins N, whatever the tag says: left in, there would be no N+1, and "back" would prove nothing.
pinned="$(helm get values "$release" --namespace "$namespace" --all --output yaml | sed -n '/^image:/,/^[^ ]/s/^  digest: *sha256:/&/p')"
if [ -n "$pinned" ]; then
  next+=(--set-string image.digest=)
fi

# What Helm 4 has installed itself the server applies, and that changes no field which kubectl or an autoscaler has set since, unless
# the flag says so. Helm 3 has no such flag and takes over anyway; for what the client applies Helm 4 refuses the flag.
back=("$revision")
if [[ "$(helm rollback --help)" == *--force-conflicts* ]]; then
  applied="$(helm get metadata "$release" --namespace "$namespace" --revision "$revision" --output yaml | sed -n 's/^applyMethod: *//p')"
  if [ "$applied" = ssa ]; then
    next+=(--force-conflicts)
    back+=(--force-conflicts)
  fi
fi

# Back in any case: a drill does not leave a release where an upgrade has got stuck.
upgraded=0
helm upgrade "$release" "${next[@]}" --namespace "$namespace" --reuse-values --wait --timeout 5m || upgraded=$?
helm rollback "$release" "${back[@]}" --namespace "$namespace" --wait --timeout 5m
if [ "$upgraded" -ne 0 ]; then
  echo "error: there was no N+1 to come back from: the upgrade failed, and $release is at revision $revision again" >&2
  exit "$upgraded"
fi

exec meho-acceptance rollback-verify --host "$MEHO_HOST" --n-image-sha "$MEHO_GIT_SHA" \
  --namespace "$namespace" --release "$release" "$@"
