package images

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"

	"meho-acceptance/node/init/machine/layout"
)

// namespace is where the kubelet's images are.
const namespace = "k8s.io"

// Import hands a whole tarball to containerd. It gives the names of what came in.
func Import(ctx context.Context, file string) ([]string, error) {
	names, err := References(file)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("no image in it has a name; save it by its name, not by its id")
	}
	if !isCompressed(file) {
		return names, ctr(ctx, "images", "import", file)
	}
	return names, importCompressed(ctx, file)
}

func importCompressed(ctx context.Context, file string) error {
	unpack := exec.CommandContext(ctx, "gzip", "-dc", file)
	stream, err := unpack.StdoutPipe()
	if err != nil {
		return err
	}
	if err := unpack.Start(); err != nil {
		return err
	}
	command := ctrCommand(ctx, "images", "import", "-")
	command.Stdin = stream
	imported := finish(command)
	if err := unpack.Wait(); err != nil && imported == nil {
		return fmt.Errorf("unpack: %w", err)
	}
	return imported
}

func ctrCommand(ctx context.Context, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, "ctr", append([]string{"--address", layout.ContainerdSocket, "--namespace", namespace}, args...)...)
}

func ctr(ctx context.Context, args ...string) error { return finish(ctrCommand(ctx, args...)) }

func finish(command *exec.Cmd) error {
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	if err := command.Run(); err != nil {
		return fmt.Errorf("ctr: %w: %s", err, strings.TrimSpace(output.String()))
	}
	return nil
}
