package exporter

import (
	"context"
	"fmt"
	"sync"
	"time"

	"proctree/dashboards/live-datasource/pkg/settings"
)

// shared keeps answers for a moment: callers that ask while an answer is on its way, or shortly
// after it came, gets the same one. Failures too, or a host that is down would be asked by
// every viewer.
type shared[T any] struct {
	// places bounds how many are asked at the same time.
	places chan struct{}
	limits settings.Limits

	mu      sync.Mutex
	answers map[question]*answer[T]
}

// answer is one that came, or will; done is closed once value and err are set.
type answer[T any] struct {
	done  chan struct{}
	value T
	err   error
}

func newShared[T any](places chan struct{}, limits settings.Limits) *shared[T] {
	return &shared[T]{places: places, limits: limits, answers: make(map[question]*answer[T])}
}

// get returns the answer to a question. A caller that stops waiting does not cancel it for the others.
func (s *shared[T]) get(ctx context.Context, key question, ask func(context.Context) (T, error)) (T, error) {
	s.mu.Lock()
	a, ok := s.answers[key]
	if !ok {
		a = &answer[T]{done: make(chan struct{})}
		s.answers[key] = a
		go s.fill(context.WithoutCancel(ctx), key, a, ask)
	}
	s.mu.Unlock()
	select {
	case <-a.done:
		return a.value, a.err
	case <-ctx.Done():
		var none T
		return none, fmt.Errorf("wait for %q: %w", key.Instance, ctx.Err())
	}
}

// fill asks, within the time of a request for the place and the answer each, and forgets the
// answer when it is old.
func (s *shared[T]) fill(ctx context.Context, key question, a *answer[T], ask func(context.Context) (T, error)) {
	a.value, a.err = s.inPlace(ctx, key, ask)
	time.AfterFunc(s.limits.Cache, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.answers, key)
	})
	close(a.done)
}

func (s *shared[T]) inPlace(ctx context.Context, key question, ask func(context.Context) (T, error)) (T, error) {
	wait := time.NewTimer(s.limits.Timeout)
	defer wait.Stop()
	select {
	case s.places <- struct{}{}:
		defer func() { <-s.places }()
		return ask(ctx)
	case <-wait.C:
		var none T
		return none, fmt.Errorf("ask %q: %d other exporters are being asked and do not answer", key.Instance, cap(s.places))
	}
}
