package server

import (
	"context"
	"sync"
)

// together runs all works side by side. The first fault cancels the rest and is the result.
func together(ctx context.Context, works ...func(context.Context) error) error {
	shared, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var running sync.WaitGroup
	for _, work := range works {
		running.Go(func() {
			if err := work(shared); err != nil {
				cancel(err)
			}
		})
	}
	running.Wait()
	return context.Cause(shared)
}

// inOrder runs works one after the other, up to the first fault.
func inOrder(works ...func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		for _, work := range works {
			if err := work(ctx); err != nil {
				return err
			}
		}
		return nil
	}
}

// after holds work back until a milestone is reached.
func after(milestone <-chan struct{}, work func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		select {
		case <-milestone:
			return work(ctx)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
