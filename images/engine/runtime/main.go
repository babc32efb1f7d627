// Command runc-bounded is an OCI runtime that asks for no more than the host can give. Where the bounding set of the
// host lacks a capability, runc refuses every privileged container ("unable to apply caps"), since Docker's idea of
// "all capabilities" is a fixed list. This program limits each capability set of the bundle, or of the process that is
// to be executed in a container, to the bounding set it was started with itself, and becomes runc.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

const statusFile = "/proc/self/status"

func main() {
	if err := limit(os.Args[1:]); err != nil {
		// A container with a capability too many fails in runc with a message of its own; one that
		// was never started because of us has to say why.
		fmt.Fprintln(os.Stderr, "runc-bounded:", err)
		os.Exit(1)
	}
	runc, err := findRunc()
	if err != nil {
		fmt.Fprintln(os.Stderr, "runc-bounded:", err)
		os.Exit(1)
	}
	err = syscall.Exec(runc, append([]string{runc}, os.Args[1:]...), os.Environ())
	fmt.Fprintf(os.Stderr, "runc-bounded: cannot become %s: %v\n", runc, err)
	os.Exit(1)
}

func limit(args []string) error {
	call := parse(args)
	if call.bundle == "" && call.process == "" {
		return nil
	}
	status, err := os.ReadFile(statusFile)
	if err != nil {
		return err
	}
	bounding, err := boundingSet(string(status))
	if err != nil {
		return err
	}
	if call.bundle != "" {
		return rewrite(filepath.Join(call.bundle, "config.json"), bounding, limitSpec)
	}
	return rewrite(call.process, bounding, limitProcess)
}

// call is what this program needs to know of a runc command line.
type call struct {
	bundle  string // folder with config.json, for create and run
	process string // process.json, for exec
}

// parse finds the command among runc's global options, then the option that names its file.
func parse(args []string) call {
	for i := 0; i < len(args); i++ {
		switch args[i] {
		case "create", "run":
			if bundle := option(args[i+1:], "bundle", "b"); bundle != "" {
				return call{bundle: bundle}
			}
			return call{bundle: "."}
		case "exec":
			return call{process: option(args[i+1:], "process", "p")}
		}
		if takesValue(args[i]) {
			i++
		}
	}
	return call{}
}

// takesValue says whether a global option of runc is followed by its value.
func takesValue(arg string) bool {
	switch strings.TrimLeft(arg, "-") {
	case "root", "log", "log-format", "criu", "rootless":
		return strings.HasPrefix(arg, "-")
	}
	return false
}

func option(args []string, long, short string) string {
	for i, arg := range args {
		name, value, joined := strings.Cut(arg, "=")
		if name != "--"+long && name != "-"+long && name != "-"+short {
			continue
		}
		if joined {
			return value
		}
		if i+1 < len(args) {
			return args[i+1]
		}
	}
	return ""
}

// findRunc looks on PATH and where distributions put it: dockerd is often started with a short PATH.
func findRunc() (string, error) {
	if path, err := exec.LookPath("runc"); err == nil {
		return filepath.Abs(path)
	}
	for _, path := range []string{"/usr/sbin/runc", "/usr/bin/runc", "/usr/local/sbin/runc", "/usr/local/bin/runc"} {
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path, nil
		}
	}
	return "", fmt.Errorf("found no runc on PATH (%s) nor in /usr/sbin, /usr/bin", os.Getenv("PATH"))
}
