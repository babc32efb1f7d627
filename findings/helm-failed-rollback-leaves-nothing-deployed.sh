#!/usr/bin/env bash
# Software: Helm 4.3.1 (Go module helm.sh/helm/v4), with its own fake of a cluster, told to refuse an update or to never get ready.
#
# Behaviour: revisions 1 and 2 went well, then something fails. An upgrade that fails leaves 2 as the deployed one. So does a rollback
# that applied its objects but whose pods don't get ready. A rollback whose objects are refused marks 2 as superseded, by a revision
# that failed, and no revision is deployed any more: whoever asks the records for the deployed one finds none, though 2 still runs.
#
# Guess: what becomes of the revision before doesn't depend on how the new one failed; 2 stays deployed until something takes its place.
#
# Seen:
#   upgrade, refused:    1 superseded, 2 deployed, 3 failed
#   upgrade, not ready:  1 superseded, 2 deployed, 3 failed
#   rollback, not ready: 1 superseded, 2 deployed, 3 failed
#   rollback, refused:   1 superseded, 2 superseded, 3 failed
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
)

func after(refused, notReady error, act func(*world) error) string {
	w := newWorld()
	w.install(nil)
	_, err := w.upgrade("1.0.1", false)
	orExit(err)
	w.cluster.UpdateError, w.cluster.WaitError = refused, notReady
	changed(act(w) != nil, "it was to fail")
	return w.history()
}

func main() {
	upgrade := func(w *world) error { _, err := w.upgrade("1.0.2", false); return err }
	rollback := func(w *world) error { return w.rollback(1) }
	failure := errors.New("as told")
	upgradeRefused := after(failure, nil, upgrade)
	upgradeNotReady := after(nil, failure, upgrade)
	rollbackNotReady := after(nil, failure, rollback)
	rollbackRefused := after(failure, nil, rollback)
	fmt.Println("upgrade, refused:   ", upgradeRefused)
	fmt.Println("upgrade, not ready: ", upgradeNotReady)
	fmt.Println("rollback, not ready:", rollbackNotReady)
	fmt.Println("rollback, refused:  ", rollbackRefused)
	kept := "1 superseded, 2 deployed, 3 failed"
	changed(upgradeRefused == kept && upgradeNotReady == kept && rollbackNotReady == kept, "three of four were to keep the deployed revision")
	changed(rollbackRefused == "1 superseded, 2 superseded, 3 failed", "the refused rollback was to leave no revision deployed")
}
GO
