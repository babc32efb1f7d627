package wait

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestHoldsAfterAWhile(t *testing.T) {
	tries := 0
	err := Every(context.Background(), "three tries", time.Millisecond, time.Second, func(context.Context) error {
		if tries++; tries < 3 {
			return errors.New("not yet")
		}
		return nil
	})
	if err != nil || tries != 3 {
		t.Errorf("%d tries, %v", tries, err)
	}
}

func TestDeadlineNamesTheLastFault(t *testing.T) {
	err := Every(context.Background(), "rain", time.Millisecond, 20*time.Millisecond, func(ctx context.Context) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return errors.New("still dry")
	})
	if err == nil || !strings.Contains(err.Error(), "for rain; last seen: still dry") {
		t.Errorf("got %v", err)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := For(ctx, "x", time.Second, func(context.Context) error { return errors.New("no") })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
