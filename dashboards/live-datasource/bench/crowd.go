//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// visit is how the people of a crowd look.
type visit struct {
	name string
	// processes are those of each host.
	processes int
	// each is the time between two looks of one person; 0 is one after the other.
	each time.Duration
	// together is whether all look at the same host and moment.
	together bool
}

// visits go from what people do to what they can do at most.
func visits(each time.Duration) []visit {
	return []visit{
		{name: "each another host", processes: 1_000, each: each},
		{name: "each another host, one look after the other", processes: 1_000},
		{name: "all the same host and moment", processes: 1_000, each: each, together: true},
		{name: "each another host", processes: 10_000, each: 5 * each},
		{name: "each another host, one look after the other", processes: 10_000},
	}
}

// looks is what a crowd met.
type looks struct {
	mu     sync.Mutex
	took   []time.Duration
	failed int
	why    error
}

func (l *looks) add(took time.Duration, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		l.failed++
		l.why = err
		return
	}
	l.took = append(l.took, took)
}

// share is the time in which a share of the looks was answered.
func (l *looks) share(of float64) time.Duration {
	if len(l.took) == 0 {
		return 0
	}
	slices.Sort(l.took)
	return l.took[min(len(l.took)-1, int(of*float64(len(l.took))))]
}

// crowdTable prints what people who look at the past of a fleet cost, and how long they wait.
func crowdTable(ctx context.Context, out io.Writer, o options) error {
	_, _ = fmt.Fprintf(out, "\n%d exporters that take %v to answer, %d people who look at past trees, %v | processes per host | looks per second | CPU per look | of one CPU | "+
		"half wait | 95 %% wait | longest | resident, most | exporters asked | at once at one | failed\n---|---|---|---|---|---|---|---|---|---|---|---\n",
		o.hosts, o.takes, o.crowd, o.duration)
	for _, v := range visits(o.each) {
		if err := crowd(ctx, out, o, v); err != nil {
			return fmt.Errorf("%s: %w", v.name, err)
		}
	}
	return nil
}

func crowd(ctx context.Context, out io.Writer, o options, v visit) error {
	hosts := newFleet(o.hosts, v.processes, o.takes)
	defer hosts.close()
	b, err := startBackend(ctx, o.program, hosts.settings())
	if err != nil {
		return err
	}
	defer b.stop()
	// The list of targets is there before the clock starts.
	if err := b.queryAt(ctx, lookAt(0), time.Now().Add(-time.Hour)); err != nil {
		return err
	}
	before, err := b.cpu()
	if err != nil {
		return err
	}
	met, begun := &looks{}, time.Now()
	resident, err := b.mostResident(ctx, o.duration, func(ctx context.Context) error {
		var people sync.WaitGroup
		for person := range o.crowd {
			people.Go(func() { o.person(ctx, b, v, person, met) })
		}
		people.Wait()
		return nil
	})
	if err != nil {
		return err
	}
	took := time.Since(begun)
	after, err := b.cpu()
	if err != nil {
		return err
	}
	answered := len(met.took)
	if answered == 0 {
		return fmt.Errorf("nobody got an answer: %w", met.why)
	}
	reached, _ := hosts.reached()
	ms := func(d time.Duration) string { return fmt.Sprintf("%d ms", d.Milliseconds()) }
	_, _ = fmt.Fprintf(out, "%s, %s | %d | %.1f | %s | %.0f %% | %s | %s | %s | %.0f MB | %d | %d | %d\n",
		v.name, v.pace(), v.processes, float64(answered)/took.Seconds(), ms((after-before)/time.Duration(answered)),
		100*(after-before).Seconds()/took.Seconds(), ms(met.share(0.5)), ms(met.share(0.95)), ms(met.share(1)), megabytes(resident), reached,
		hosts.most.Load(), met.failed)
	if met.why != nil {
		_, _ = fmt.Fprintf(out, "(the last failure: %v)\n", met.why)
	}
	return nil
}

func (v *visit) pace() string {
	if v.each == 0 {
		return "without a pause"
	}
	return "every " + v.each.String()
}

// looksAtOne is how many moments a person looks at before another host.
const looksAtOne = 10

// person looks at the past until the time is over. Moments differ, so that no answer is shared, unless all look
// at the same one.
func (o *options) person(ctx context.Context, b *backend, v visit, number int, met *looks) {
	random := rand.New(rand.NewPCG(uint64(number), 20)) //nolint:gosec // Which host is looked at is no secret.
	begun := time.Now().Add(-2 * time.Hour).Truncate(time.Hour)
	// People do not look in step, unless they look together.
	if !v.together && !pause(ctx, time.Duration(random.Int64N(int64(max(v.each, time.Millisecond))))) {
		return
	}
	host := 0
	for look := 0; ctx.Err() == nil; look++ {
		if look%looksAtOne == 0 && !v.together {
			host = random.IntN(o.hosts)
		}
		at := begun.Add(time.Duration(look) * time.Second)
		if !v.together {
			at = at.Add(-time.Duration(number) * time.Hour)
		}
		asked := time.Now()
		err := b.queryAt(ctx, lookAt(host), at)
		if ctx.Err() != nil {
			return
		}
		met.add(time.Since(asked), err)
		if !pause(ctx, v.each-time.Since(asked)) {
			return
		}
	}
}

// lookAt is the query of a panel with the tree of a host.
func lookAt(host int) []byte {
	return fmt.Appendf(nil, `{"queryType":"tree","instance":%q}`, instance(host))
}

// pause waits; it returns false if the time is over.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
