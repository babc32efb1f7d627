#!/usr/bin/env bash
# Software: cel-go 0.29.2 (Go module; the one that apiserver 0.37.2 evaluates admission policies with).
#
# Behaviour: a policy lets nothing change on the 24th of December: now.getMonth() == 12 && now.getDayOfMonth() == 24. It never holds. The first of a month is day 0 to
# getDayOfMonth and day 1 to getDate, and January is month 0; December is 11, and the 24th is getDayOfMonth() == 23. All of it stands in CEL's definition of the
# language. The year and the hour are as one writes them.
#
# Guess: the day of the month is the number that the calendar has; with getMonth from 0, as in JavaScript.
#
# Seen, for 2026-12-24T18:00:00Z:
#   getFullYear 2026, getMonth 11, getDate 24, getDayOfMonth 23, getDayOfYear 357, getDayOfWeek 4, getHours 18
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >main.go <<'GO'
package main

import (
	"fmt"
	"strings"

	"github.com/google/cel-go/cel"
)

func main() {
	environment, err := cel.NewEnv()
	if err != nil {
		panic(err)
	}
	var parts []string
	for _, name := range []string{"getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfYear", "getDayOfWeek", "getHours"} {
		ast, issues := environment.Compile(fmt.Sprintf("timestamp('2026-12-24T18:00:00Z').%s()", name))
		if issues.Err() != nil {
			panic(issues.Err())
		}
		program, err := environment.Program(ast)
		if err != nil {
			panic(err)
		}
		value, _, err := program.Eval(cel.NoVars())
		if err != nil {
			panic(err)
		}
		parts = append(parts, fmt.Sprintf("%s %v", name, value.Value()))
	}
	fmt.Println(strings.Join(parts, ", "))
}
GO
go mod init days 2>/dev/null
go get github.com/google/cel-go/cel@v0.29.2 2>/dev/null
seen=$(go run .)
echo "$seen"
if [ "$seen" != 'getFullYear 2026, getMonth 11, getDate 24, getDayOfMonth 23, getDayOfYear 357, getDayOfWeek 4, getHours 18' ]; then
  echo 'changed: getDayOfMonth was to be one less than getDate' >&2
  exit 1
fi
