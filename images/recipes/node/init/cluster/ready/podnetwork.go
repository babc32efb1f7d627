package ready

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// namespaces is where containerd keeps the network namespaces of pods.
const namespaces = "/run/netns"

// dialTimeout is long beside a handshake on one machine, and short beside the start of a node.
const dialTimeout = 500 * time.Millisecond

var errTimeout = errors.New("no answer")

// network is a pod's network namespace, to be entered from outside.
type network struct {
	file string
}

// networkOf finds the namespace that has an address.
func networkOf(ctx context.Context, address netip.Addr) (network, error) {
	entries, err := os.ReadDir(namespaces)
	if err != nil {
		return network{}, err
	}
	for _, entry := range entries {
		candidate := network{file: filepath.Join(namespaces, entry.Name())}
		found := false
		err := candidate.inside(func() error {
			addresses, err := net.InterfaceAddrs()
			for _, own := range addresses {
				if prefix, parseErr := netip.ParsePrefix(own.String()); parseErr == nil && prefix.Addr() == address {
					found = true
				}
			}
			return err
		})
		if found {
			return candidate, nil
		}
		if err != nil && ctx.Err() != nil {
			return network{}, err // Otherwise a namespace that went away meanwhile: not ours.
		}
	}
	return network{}, fmt.Errorf("no network namespace has the address %s", address)
}

// dial opens and closes a connection from within. No answer in time is errTimeout.
func (n network) dial(ctx context.Context, target netip.AddrPort) error {
	return n.inside(func() error {
		limited, cancel := context.WithTimeout(ctx, dialTimeout)
		defer cancel()
		// A literal address: the socket is made on this thread, and so in this namespace.
		connection, err := (&net.Dialer{}).DialContext(limited, "tcp4", target.String())
		var slow net.Error
		if errors.As(err, &slow) && slow.Timeout() {
			return fmt.Errorf("%w from %s within %s", errTimeout, target, dialTimeout)
		}
		if err != nil {
			return err
		}
		return connection.Close()
	})
}

// inside runs work on a thread of its own in the pod's network namespace. The thread is never unlocked, so it ends with
// the goroutine and nothing else can run there by mistake.
func (n network) inside(work func() error) error {
	result := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		namespace, err := unix.Open(n.file, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			result <- err
			return
		}
		defer unix.Close(namespace)
		if err := unix.Setns(namespace, unix.CLONE_NEWNET); err != nil {
			result <- fmt.Errorf("enter %s: %w", n.file, err)
			return
		}
		result <- work()
	}()
	return <-result
}
