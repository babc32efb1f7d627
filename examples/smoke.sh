#!/usr/bin/env bash
# Logs an operator in and lets the verifier judge the federation chain: its exit code is this script's.
#
#   MEHO_BACKPLANE=https://meho.example.com ./smoke.sh [flags of smoke]
#
# The stopwatch starts with the first instruction; export SMOKE_START_TS to start it elsewhere. Environment:
#   MEHO_BACKPLANE     where the backplane is reached
#   MEHO_ACCESS_TOKEN  an operator's token; without it:
#   MEHO_ISSUER, MEHO_CLIENT_ID   the issuer and its public client, for a login by the device flow
#   MEHO_NAMESPACE, MEHO_RELEASE   (default meho, meho)
#   DATABASE_URL, KUBECONFIG   as smoke takes them
SMOKE_START_TS="${SMOKE_START_TS:-$(date +%s)}"
export SMOKE_START_TS
set -euo pipefail

usage() {
  echo "error: $1 is not set; see the head of $0" >&2
  exit 2
}
[ -n "${MEHO_BACKPLANE:-}" ] || usage MEHO_BACKPLANE

if [ -z "${MEHO_ACCESS_TOKEN:-}" ]; then
  [ -n "${MEHO_ISSUER:-}" ] || usage "MEHO_ACCESS_TOKEN (or MEHO_ISSUER)"
  MEHO_ACCESS_TOKEN="$(meho-acceptance login --issuer "$MEHO_ISSUER" --client-id "${MEHO_CLIENT_ID:-meho-cli}")"
fi
export MEHO_ACCESS_TOKEN

exec meho-acceptance smoke --backplane "$MEHO_BACKPLANE" \
  --namespace "${MEHO_NAMESPACE:-meho}" --release "${MEHO_RELEASE:-meho}" "$@"
