package supervise

import (
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

// Reap is the whole life of process 1: it starts the real node, hands signals on to it and collects every process that
// nobody waits for (containerd's shims leave theirs to it). When the node ends, so does the container.
func Reap(command *exec.Cmd) (exitCode int, err error) {
	signals := make(chan os.Signal, 64)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGCHLD)
	if err := command.Start(); err != nil {
		return 1, err
	}
	node := command.Process.Pid
	for received := range signals {
		if received != syscall.SIGCHLD {
			// It may have ended a moment ago; then its SIGCHLD comes next.
			_ = syscall.Kill(node, received.(syscall.Signal))
			continue
		}
		if status, ended := collect(node); ended {
			return exitCodeOf(status), nil
		}
	}
	return 1, nil
}

// collect takes every process that has ended: several ends may arrive as one SIGCHLD.
func collect(node int) (syscall.WaitStatus, bool) {
	var nodeStatus syscall.WaitStatus
	nodeEnded := false
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
		switch {
		case err == syscall.EINTR:
			continue
		case err != nil || pid <= 0:
			return nodeStatus, nodeEnded
		case pid == node:
			nodeStatus, nodeEnded = status, true
		}
	}
}

func exitCodeOf(status syscall.WaitStatus) int {
	if status.Signaled() {
		return 128 + int(status.Signal())
	}
	return status.ExitStatus()
}
