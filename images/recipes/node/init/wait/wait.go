// Package wait is the one way in which this program waits: with a name, a deadline and what was seen last.
package wait

import (
	"context"
	"fmt"
	"time"
)

const interval = 50 * time.Millisecond

// For probes until the probe finds no fault. The error names what was waited for, how long, and the last fault.
func For(ctx context.Context, what string, deadline time.Duration, probe func(context.Context) error) error {
	return Every(ctx, what, interval, deadline, probe)
}

// Every is For with its own pause between two probes.
func Every(ctx context.Context, what string, pause, deadline time.Duration, probe func(context.Context) error) error {
	begun := time.Now()
	limited, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	var last error
	for {
		err := probe(limited)
		if err == nil {
			return nil
		}
		// A probe that was cut off by the deadline saw less than the one before it.
		if limited.Err() == nil || last == nil {
			last = err
		}
		select {
		case <-limited.Done():
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return fmt.Errorf("waited %.1f s for %s; last seen: %w", time.Since(begun).Seconds(), what, last)
		case <-time.After(pause):
		}
	}
}
