package server

import (
	"context"
	"errors"
	"testing"
)

var errFault = errors.New("fault")

func untilCancelled(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestTheFirstFaultEndsTheRest(t *testing.T) {
	err := together(t.Context(), untilCancelled, func(context.Context) error { return errFault }, untilCancelled)
	if !errors.Is(err, errFault) {
		t.Errorf("got %v", err)
	}
	if err := together(t.Context(), func(context.Context) error { return nil }); err != nil {
		t.Errorf("without a fault: %v", err)
	}
}

func TestAMilestoneThatNeverComes(t *testing.T) {
	err := together(t.Context(), after(make(chan struct{}), func(context.Context) error {
		t.Error("it ran")
		return nil
	}), func(context.Context) error { return errFault })
	if !errors.Is(err, errFault) {
		t.Errorf("got %v", err)
	}
}

func TestOrder(t *testing.T) {
	var ran []int
	step := func(n int, err error) func(context.Context) error {
		return func(context.Context) error {
			ran = append(ran, n)
			return err
		}
	}
	if err := inOrder(step(1, nil), step(2, errFault), step(3, nil))(t.Context()); !errors.Is(err, errFault) || len(ran) != 2 {
		t.Errorf("ran %v, %v", ran, err)
	}
}
