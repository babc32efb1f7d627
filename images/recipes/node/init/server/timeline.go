package server

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// timeline remembers what each stage of the start took. Stages may run side by side.
type timeline struct {
	begun  time.Time
	log    *slog.Logger
	mu     sync.Mutex
	stages []stage
}

type stage struct {
	name       string
	from, upTo time.Duration
}

// stage runs work and remembers it under its name; a fault carries the name too.
func (t *timeline) stage(ctx context.Context, name string, work func(context.Context) error) error {
	from := time.Since(t.begun)
	if err := work(ctx); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	done := stage{name: name, from: from, upTo: time.Since(t.begun)}
	t.mu.Lock()
	t.stages = append(t.stages, done)
	t.mu.Unlock()
	t.log.Info("start-up", "stage", name, "took", seconds(done.upTo-done.from), "at", seconds(done.upTo))
	return nil
}

func seconds(duration time.Duration) string { return fmt.Sprintf("%.2fs", duration.Seconds()) }

// table shows all stages in the order in which they began.
func (t *timeline) table() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := fmt.Sprintf("start-up took %.2f s:\n", time.Since(t.begun).Seconds())
	for _, s := range slices.SortedFunc(slices.Values(t.stages), func(a, b stage) int { return int(a.from - b.from) }) {
		lines += fmt.Sprintf("  %6.2f s to %6.2f s  %s\n", s.from.Seconds(), s.upTo.Seconds(), s.name)
	}
	return lines
}
