package discovery

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// The list is asked for again after `refresh`, and sooner, but not more often than every
// `again`, when someone asks for an instance that is not in it. While the source does not
// answer, the last list is good for `keep`: the exporters can be seen without Prometheus.
const (
	again = 5 * time.Second
	keep  = 10 * time.Minute
)

// Resolver knows the targets by their instances. It is safe for concurrent use.
type Resolver struct {
	source  Source
	refresh time.Duration

	mu sync.Mutex
	// hosts has the targets of an instance that differ.
	hosts map[string][]Target
	// read is when hosts was, tried when it was last attempted.
	read, tried time.Time
	// failure is why the last attempt failed.
	failure error
}

// NewResolver returns a resolver that asks a source again after refresh.
func NewResolver(source Source, refresh time.Duration) *Resolver {
	return &Resolver{source: source, refresh: refresh}
}

// Resolve returns the target of an instance. The error is ErrUnknown, ErrAmbiguous or why
// the targets are not known.
func (r *Resolver) Resolve(ctx context.Context, instance string) (Target, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.update(ctx, r.refresh); err != nil {
		return Target{}, err
	}
	if len(r.hosts[instance]) == 0 {
		if err := r.update(ctx, again); err != nil {
			return Target{}, err
		}
	}
	switch targets := r.hosts[instance]; len(targets) {
	case 0:
		return Target{}, fmt.Errorf("%q: %w", instance, ErrUnknown)
	case 1:
		return targets[0], nil
	default:
		return Target{}, fmt.Errorf("%q: %w", instance, ErrAmbiguous)
	}
}

// Instances returns the instances in order.
func (r *Resolver) Instances(ctx context.Context) ([]string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.update(ctx, r.refresh); err != nil {
		return nil, err
	}
	return slices.Sorted(maps.Keys(r.hosts)), nil
}

// update asks the source if the list is older than age. Callers that come meanwhile wait for
// the lock, and so for the same answer.
func (r *Resolver) update(ctx context.Context, age time.Duration) error {
	now := time.Now()
	if len(r.hosts) == 0 {
		// A Prometheus that just started knows no target yet.
		age = again
	}
	if now.Sub(r.read) < age {
		return nil
	}
	if now.Sub(r.tried) >= again {
		// The first who asks may go away; the others want the answer all the same.
		targets, err := r.source.Targets(context.WithoutCancel(ctx))
		r.tried, r.failure = now, err
		if err == nil {
			r.hosts, r.read = byInstance(targets), now
			return nil
		}
	}
	if r.failure != nil && now.Sub(r.read) > keep {
		return r.failure
	}
	return nil
}

// byInstance drops repetitions: Prometheus may scrape one exporter by two jobs' pools.
func byInstance(targets []Target) map[string][]Target {
	hosts := make(map[string][]Target)
	for _, t := range targets {
		if !slices.Contains(hosts[t.Instance], t) {
			hosts[t.Instance] = append(hosts[t.Instance], t)
		}
	}
	return hosts
}
