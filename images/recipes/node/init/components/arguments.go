// Package components says how each program of the node is called.
package components

import (
	"maps"
	"slices"
	"strings"
)

// arguments are flags by name, without dashes.
type arguments map[string]string

// lists are the flags whose extra values are added to ours rather than put in their place.
var lists = map[string]bool{"enable-admission-plugins": true, "disable-admission-plugins": true, "feature-gates": true}

// with lays the user's `name=value` over ours, the last one winning, and gives the command line.
func (a arguments) with(extra []string) []string {
	merged := maps.Clone(a)
	for _, argument := range extra {
		name, value, _ := strings.Cut(argument, "=")
		if ours := merged[name]; lists[name] && ours != "" {
			value = ours + "," + value
		}
		merged[name] = value
	}
	var line []string
	for _, name := range slices.Sorted(maps.Keys(merged)) {
		line = append(line, "--"+name+"="+merged[name])
	}
	return line
}
