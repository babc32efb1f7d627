package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// names are the capabilities of Linux in the order of their numbers (include/uapi/linux/capability.h).
var names = []string{
	"CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP",
	"LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER",
	"SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
	"SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP",
	"MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF",
	"CHECKPOINT_RESTORE",
}

// boundingSet reads the CapBnd line of a /proc/<pid>/status.
func boundingSet(status string) (map[string]bool, error) {
	for _, line := range strings.Split(status, "\n") {
		hex, found := strings.CutPrefix(line, "CapBnd:")
		if !found {
			continue
		}
		mask, err := strconv.ParseUint(strings.TrimSpace(hex), 16, 64)
		if err != nil {
			return nil, fmt.Errorf("cannot read the bounding set from %q: %w", line, err)
		}
		set := make(map[string]bool, len(names))
		for number, name := range names {
			if mask&(1<<number) != 0 {
				set["CAP_"+name] = true
			}
		}
		return set, nil
	}
	return nil, fmt.Errorf("found no CapBnd line in %s", statusFile)
}

// object is a JSON object of which we know some fields only; the others pass through as they were written.
type object map[string]json.RawMessage

// limitSpec limits the process of an OCI config.json. It reports whether anything had to change.
func limitSpec(spec object, bounding map[string]bool) (bool, error) {
	raw, found := spec["process"]
	if !found {
		return false, nil
	}
	var process object
	if err := json.Unmarshal(raw, &process); err != nil {
		return false, err
	}
	changed, err := limitProcess(process, bounding)
	if err != nil || !changed {
		return false, err
	}
	spec["process"], err = json.Marshal(process)
	return true, err
}

// limitProcess limits each capability set of an OCI process.
func limitProcess(process object, bounding map[string]bool) (bool, error) {
	raw, found := process["capabilities"]
	if !found || string(raw) == "null" {
		return false, nil
	}
	var sets map[string][]string
	if err := json.Unmarshal(raw, &sets); err != nil {
		return false, err
	}
	changed := false
	for name, set := range sets {
		kept := make([]string, 0, len(set))
		for _, capability := range set {
			if bounding[capability] {
				kept = append(kept, capability)
			}
		}
		changed = changed || len(kept) != len(set)
		sets[name] = kept
	}
	if !changed {
		return false, nil
	}
	var err error
	process["capabilities"], err = json.Marshal(sets)
	return true, err
}

// rewrite puts a changed file in the place of the old one at once, with the same permissions.
func rewrite(path string, bounding map[string]bool, limit func(object, map[string]bool) (bool, error)) error {
	text, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return nil // runc says what is missing, in its own words
	}
	if err != nil {
		return err
	}
	var content object
	if err := json.Unmarshal(text, &content); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	changed, err := limit(content, bounding)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if !changed {
		return nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	text, err = json.Marshal(content)
	if err != nil {
		return err
	}
	beside, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(beside.Name())
	if _, err := beside.Write(text); err != nil {
		beside.Close()
		return err
	}
	if err := beside.Chmod(info.Mode().Perm()); err != nil {
		beside.Close()
		return err
	}
	if err := beside.Close(); err != nil {
		return err
	}
	return os.Rename(beside.Name(), path)
}
