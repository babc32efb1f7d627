package host

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const cgroupMount = "/sys/fs/cgroup"

// PrepareCgroup gives the cgroup under which the kubelet puts its pods: the container's own. Beside each other at the
// machine's root, two nodes would take each other's pods for orphans and kill them; and under the container's own they
// go when it goes.
func PrepareCgroup() (string, error) {
	table, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return "", err
	}
	own := ownCgroup(string(table))
	if _, err := os.Stat(filepath.Join(cgroupMount, "cgroup.controllers")); err != nil {
		return own, nil // Version 1: a cgroup may hold processes and children alike.
	}
	return own, makeRoom(filepath.Join(cgroupMount, own))
}

// ownCgroup prefers the memory controller of version 1; version 2 has only one line.
func ownCgroup(table string) string {
	own := "/"
	for line := range strings.Lines(strings.TrimSpace(table)) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) != 3 {
			continue
		}
		if parts[1] == "memory" {
			return parts[2]
		}
		if parts[0] == "0" {
			own = parts[2]
		}
	}
	return own
}

// makeRoom moves the node's processes into a leaf: in version 2 a cgroup that hands controllers down holds none.
func makeRoom(own string) error {
	leaf := filepath.Join(own, "node")
	if err := os.MkdirAll(leaf, 0o755); err != nil {
		return err
	}
	processes, err := os.ReadFile(filepath.Join(own, "cgroup.procs"))
	if err != nil {
		return err
	}
	for pid := range strings.FieldsSeq(string(processes)) {
		// One that ended meanwhile needs no moving; one that can't be moved shows in the next step.
		_ = os.WriteFile(filepath.Join(leaf, "cgroup.procs"), []byte(pid), 0o644)
	}
	controllers, err := os.ReadFile(filepath.Join(own, "cgroup.controllers"))
	if err != nil {
		return err
	}
	for controller := range strings.FieldsSeq(string(controllers)) {
		if err := os.WriteFile(filepath.Join(own, "cgroup.subtree_control"), []byte("+"+controller), 0o644); err != nil {
			return fmt.Errorf("hand the cgroup controller %s down to pods: %w", controller, err)
		}
	}
	return nil
}
