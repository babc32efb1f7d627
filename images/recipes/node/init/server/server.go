// Package server is the life of a node: start, watch over its parts, stop.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"meho-acceptance/node/init/machine/layout"
	"meho-acceptance/node/init/options"
	"meho-acceptance/node/init/supervise"
)

// syncMessage is what K3sContainer waits for. It is logged when the node can be used in full and not before.
const syncMessage = "Node controller sync successful"

// lastWords is how many lines of a dead component's log are shown.
const lastWords = 30

// errStopped is why a start-up ends when the container is stopped.
var errStopped = errors.New("asked to stop")

// Run brings the node up and keeps it until it is asked to stop (nil) or a component ends (an error).
func Run(o options.Options, log *slog.Logger) error {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	supervisor, err := supervise.New(layout.Logs)
	if err != nil {
		return err
	}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	started := make(chan error, 1)
	node := &node{options: o, log: log, supervisor: supervisor, timeline: &timeline{begun: time.Now(), log: log}}
	go func() { started <- node.start(ctx) }()
	for {
		select {
		case err := <-started:
			if err != nil {
				return node.stop(err)
			}
			fmt.Fprint(os.Stderr, node.timeline.table())
			log.Info(syncMessage, "node", o.NodeName, "policy", o.NetworkPolicy)
		case ended := <-supervisor.Ended():
			cancel(ended)
			fmt.Fprintf(os.Stderr, "the last lines of %s:\n%s\n", supervisor.LogFile(ended.Name),
				supervise.Tail(supervisor.LogFile(ended.Name), lastWords))
			return node.stop(ended)
		case received := <-signals:
			log.Info("stopping", "signal", received.String())
			cancel(errStopped)
			return node.stop(nil)
		}
	}
}
