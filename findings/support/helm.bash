# shellcheck shell=bash
# Sourced by the scripts beside it. Helm and its library, from the Go module proxy; the first build takes minutes, later ones
# are served from Go's own cache.

# build_helm FOLDER [3]: afterwards FOLDER/bin/helm is Helm 4.3.1, or FOLDER/bin-3/helm is Helm 3.22.0.
build_helm() {
  if [ "${2:-4}" = 3 ]; then
    GOBIN="$1/bin-3" go install helm.sh/helm/v3/cmd/helm@v3.22.0
  else
    GOBIN="$1/bin" go install helm.sh/helm/v4/cmd/helm@v4.3.1
  fi
}

# run_with_helm FOLDER: runs the Go program on standard input with support/helm_release.go beside it.
run_with_helm() {
  local at=$1/program
  mkdir "$at"
  cp "$(dirname "${BASH_SOURCE[0]}")/helm_release.go" "$at"
  cat >"$at/main.go"
  (
    cd "$at" || exit 2
    go mod init program 2>/dev/null
    go get helm.sh/helm/v4/pkg/action@v4.3.1 k8s.io/client-go/kubernetes/fake@v0.37.1 2>/dev/null
    go build -o program .
    ./program
  )
}
