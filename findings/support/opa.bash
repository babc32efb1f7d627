# shellcheck shell=bash
# Sourced by the scripts beside it. Open Policy Agent from the Go module proxy; the first build takes minutes, later ones are served
# from Go's own cache.

# build_opa FOLDER: afterwards FOLDER/bin/opa is Open Policy Agent 1.22.4.
build_opa() {
  GOBIN="$1/bin" go install github.com/open-policy-agent/opa@v1.22.4
}

# evaluate FOLDER EXPRESSION: its value as JSON in one line, or the word undefined.
evaluate() {
  "$1/bin/opa" eval --format json "$2" | node -e '
    const { result } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
    console.log(result === undefined ? "undefined" : JSON.stringify(result[0].expressions[0].value));'
}
