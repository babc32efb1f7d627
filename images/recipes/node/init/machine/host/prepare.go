package host

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

const bpfMount = "/sys/fs/bpf"

// Prepare sets up mounts and kernel settings that pods and the policy engine need.
func Prepare() error {
	// Volumes mounted by the kubelet have to show in the pods' mount namespaces.
	if err := unix.Mount("", "/", "", unix.MS_SHARED|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("share the mounts with pods (is the container privileged?): %w", err)
	}
	if err := mountBPF(); err != nil {
		return err
	}
	if err := os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0o644); err != nil {
		return err
	}
	return raiseWatchLimit(watchLimitFile)
}

const bridgeFilter = "/proc/sys/net/bridge/bridge-nf-call-iptables"

// FilterBridges lets policy see what pods of one node send each other over its bridge. Each network namespace has its
// own setting.
func FilterBridges() error {
	if err := os.WriteFile(bridgeFilter, []byte("1"), 0o644); err != nil {
		return fmt.Errorf("pass bridged packets to iptables (is the machine's module br_netfilter loaded?): %w", err)
	}
	return nil
}

// Every Kubernetes component watches files, the limit is shared by all nodes on a machine, and the kernel's default of
// 128 is used up by three of them.
const (
	watchLimitFile = "/proc/sys/fs/inotify/max_user_instances"
	watchLimit     = 4096
)

// raiseWatchLimit never lowers what an administrator has set.
func raiseWatchLimit(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	now, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || now >= watchLimit {
		return err
	}
	return os.WriteFile(file, []byte(strconv.Itoa(watchLimit)), 0o644)
}

func mountBPF() error {
	var status unix.Statfs_t
	if err := unix.Statfs(bpfMount, &status); err == nil && status.Type == unix.BPF_FS_MAGIC {
		return nil
	}
	if err := unix.Mount("bpf", bpfMount, "bpf", 0, ""); err != nil && !errors.Is(err, unix.EBUSY) {
		return fmt.Errorf("mount the BPF file system: %w", err)
	}
	return nil
}

// MayRaiseLimits says whether this container holds CAP_SYS_RESOURCE. Where it doesn't, containerd must not ask for an
// OOM score below its own.
func MayRaiseLimits() (bool, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return false, err
	}
	return hasCapability(string(status), unix.CAP_SYS_RESOURCE)
}

func hasCapability(status string, capability int) (bool, error) {
	for line := range strings.Lines(status) {
		if value, found := strings.CutPrefix(line, "CapEff:"); found {
			set, err := strconv.ParseUint(strings.TrimSpace(value), 16, 64)
			return set&(1<<capability) != 0, err
		}
	}
	return false, errors.New("/proc/self/status has no line CapEff")
}
