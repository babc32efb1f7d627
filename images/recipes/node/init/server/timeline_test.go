package server

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"
)

func TestTimeline(t *testing.T) {
	var log strings.Builder
	line := &timeline{begun: time.Now(), log: slog.New(slog.NewTextHandler(&log, nil))}
	if err := line.stage(t.Context(), "first", func(context.Context) error { return nil }); err != nil {
		t.Fatal(err)
	}
	err := line.stage(t.Context(), "second", func(context.Context) error { return errors.New("no luck") })
	if err == nil || err.Error() != "second: no luck" {
		t.Errorf("got %v", err)
	}
	if table := line.table(); !strings.Contains(table, "  first\n") || strings.Contains(table, "second") {
		t.Errorf("table:\n%s", table)
	}
}
