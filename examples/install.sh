#!/usr/bin/env bash
# Installs MEHO, or upgrades it, and lets the verifier judge: its exit code is this script's.
#
#   MEHO_HOST=meho.example.com MEHO_GIT_SHA=3f2a9c1… MEHO_VALUES=values-rdc.yaml ./install.sh [flags of install-verify]
#
# The stopwatch starts with the first instruction. Environment:
#   MEHO_HOST       host that the Ingress publishes
#   MEHO_GIT_SHA    commit to install: the image's tag is sha-<commit>, unless MEHO_IMAGE_TAG says otherwise
#   MEHO_VALUES     values file of this environment; several with : between them, the most specific last
#   MEHO_CHART      chart: a folder, a packed chart, or oci://… (default oci://ghcr.io/evoila/meho-chart)
#   MEHO_CHART_VERSION   version of a chart in a registry
#   MEHO_NAMESPACE, MEHO_RELEASE   (default meho, meho)
#   MEHO_ACCESS_TOKEN, DATABASE_URL, KUBECONFIG   as install-verify takes them
INSTALL_START_TS="${INSTALL_START_TS:-$(date +%s)}"
export INSTALL_START_TS
set -euo pipefail

usage() {
  echo "error: $1 is not set; see the head of $0" >&2
  exit 2
}
[ -n "${MEHO_HOST:-}" ] || usage MEHO_HOST
[ -n "${MEHO_GIT_SHA:-}" ] || usage MEHO_GIT_SHA
[ -n "${MEHO_VALUES:-}" ] || usage MEHO_VALUES

namespace="${MEHO_NAMESPACE:-meho}"
release="${MEHO_RELEASE:-meho}"
what=("${MEHO_CHART:-oci://ghcr.io/evoila/meho-chart}")
if [ -n "${MEHO_CHART_VERSION:-}" ]; then
  what+=(--version "$MEHO_CHART_VERSION")
fi
IFS=: read -ra files <<<"$MEHO_VALUES"
for file in "${files[@]}"; do
  what+=(--values "$file")
done

helm upgrade --install "$release" "${what[@]}" --namespace "$namespace" --create-namespace \
  --set-string "image.tag=${MEHO_IMAGE_TAG:-sha-$MEHO_GIT_SHA}" --wait --timeout 5m

exec meho-acceptance install-verify --host "$MEHO_HOST" --expected-git-sha "$MEHO_GIT_SHA" \
  --namespace "$namespace" --release "$release" "$@"
