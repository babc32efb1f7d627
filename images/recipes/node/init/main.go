// Command node-init is a Kubernetes node's entry point, called as k3s is: it starts every part of the node, watches
// over them and ends when one of them does.
package main

import (
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"

	"meho-acceptance/node/init/options"
	"meho-acceptance/node/init/server"
	"meho-acceptance/node/init/supervise"
)

// Exit codes: 1 is a node that could not start or lost a part, 2 a command line that can't be followed.
const (
	failed = 1
	misled = 2
)

func main() {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	hostname, err := os.Hostname()
	if err != nil {
		log.Error("this container has no name", "error", err)
		os.Exit(failed)
	}
	parsed, problems := options.Parse(os.Args[1:], environment(), hostname)
	if len(problems) > 0 {
		fmt.Fprintln(os.Stderr, strings.Join(problems, "\n"))
		os.Exit(misled)
	}
	if os.Getpid() == 1 {
		os.Exit(asInit(log))
	}
	if err := server.Run(parsed, log); err != nil {
		log.Error("the node can't go on", "error", err)
		os.Exit(failed)
	}
}

// asInit leaves the node to a child: process 1 has enough to do with the processes that others leave behind.
func asInit(log *slog.Logger) int {
	itself, err := os.Executable()
	if err != nil {
		log.Error("the node doesn't find its own program", "error", err)
		return failed
	}
	command := exec.Command(itself, os.Args[1:]...)
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	code, err := supervise.Reap(command)
	if err != nil {
		log.Error("the node can't be started", "error", err)
	}
	return code
}

func environment() map[string]string {
	variables := map[string]string{}
	for _, variable := range os.Environ() {
		name, value, _ := strings.Cut(variable, "=")
		variables[name] = value
	}
	return variables
}
