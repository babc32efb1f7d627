#!/usr/bin/env bash
# Software: Helm 4.3.1 (Go module helm.sh/helm/v4), with its own fake of a cluster, told for a while to know no such kind of object.
#
# Behaviour: the kind of an object in the release isn't served for a while (its CRD was removed, an aggregated API is down). An upgrade
# then fails before it begins and leaves no trace. A rollback fails as early, with nothing applied, and the command has ended with its
# error, but its record stays behind as pending-rollback. Once the kind is back, every upgrade is refused: "another operation is in
# progress". A rollback isn't: it goes through at once, and the pending record stays in the history beneath it.
#
# Guess: what failed before it touched anything leaves no record, or one that says failed, for a rollback as for an upgrade.
#
# Seen:
#   upgrade while the kind is gone:  1 superseded, 2 deployed
#   rollback while the kind is gone: 1 superseded, 2 deployed, 3 pending-rollback
#   upgrade afterwards: another operation (install/upgrade/rollback) is in progress
#   rollback afterwards: <nil>; 1 superseded, 2 superseded, 3 pending-rollback, 4 deployed
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/helm.bash"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

run_with_helm "$folder" <<'GO'
package main

import (
	"errors"
	"fmt"
	"strings"
)

func main() {
	w := newWorld()
	w.install(nil)
	_, err := w.upgrade("1.0.1", false)
	orExit(err)

	w.cluster.BuildError = errors.New("no matches for kind")
	_, err = w.upgrade("1.0.2", false)
	changed(err != nil, "the upgrade was to fail while the kind is gone")
	upgraded := w.history()
	fmt.Println("upgrade while the kind is gone: ", upgraded)
	changed(w.rollback(1) != nil, "the rollback was to fail while the kind is gone")
	rolledBack := w.history()
	fmt.Println("rollback while the kind is gone:", rolledBack)

	w.cluster.BuildError = nil
	_, refused := w.upgrade("1.0.2", false)
	fmt.Println("upgrade afterwards:", refused)
	again := w.rollback(2)
	fmt.Printf("rollback afterwards: %v; %s\n", again, w.history())

	changed(upgraded == "1 superseded, 2 deployed", "the upgrade was to leave no record")
	changed(rolledBack == upgraded+", 3 pending-rollback", "the rollback was to leave a pending record")
	changed(refused != nil && strings.Contains(refused.Error(), "another operation"), "the next upgrade was to be refused")
	changed(again == nil && strings.HasSuffix(w.history(), "3 pending-rollback, 4 deployed"), "the next rollback was to go through")
}
GO
