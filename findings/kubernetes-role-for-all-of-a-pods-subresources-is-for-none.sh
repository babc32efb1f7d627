#!/usr/bin/env bash
# Software: component-helpers and api 0.37.2 (Go modules; what Kubernetes 1.37 decides with whether somebody may give away the rights of a role).
#
# Behaviour: a role is for resources: ["pods/*"], every subresource of pods. It is valid and covers none of them: the star stands for a subresource's resource, "*/log" is
# the log of anything that has one, and "*" is everything with all of theirs; behind the slash it is a character. Only the name "pods/*" itself is covered.
#
# Guess: "pods/*" covers pods/log and pods/exec, and "*/*" everything that has a slash.
#
# Seen, whether a role for it covers get of pods, pods/log and pods/exec:
#   pods: true false false
#   pods/log: false true false
#   */log: false true false
#   pods/*: false false false
#   */*: false false false
#   *: true true true
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >main.go <<'GO'
package main

import (
	"fmt"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/component-helpers/auth/rbac/validation"
)

func rules(resource string) []rbacv1.PolicyRule {
	return []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{resource}, Verbs: []string{"get"}}}
}

func main() {
	for _, role := range []string{"pods", "pods/log", "*/log", "pods/*", "*/*", "*"} {
		fmt.Print(role, ":")
		for _, asked := range []string{"pods", "pods/log", "pods/exec"} {
			covered, _ := validation.Covers(rules(role), rules(asked))
			fmt.Print(" ", covered)
		}
		fmt.Println()
	}
}
GO
go mod init role 2>/dev/null
go get k8s.io/api/rbac/v1@v0.37.2 k8s.io/component-helpers/auth/rbac/validation@v0.37.2 2>/dev/null
seen=$(go run .)
echo "$seen"
if [ "$seen" != 'pods: true false false
pods/log: false true false
*/log: false true false
pods/*: false false false
*/*: false false false
*: true true true' ]; then
  echo 'changed: a star behind the slash was to cover nothing, one before it what it says' >&2
  exit 1
fi
