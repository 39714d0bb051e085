//go:build linux

package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// sample is one measurement of one program.
type sample struct {
	cpu, wall time.Duration
	answer    answer
	// series is how many series a scrape had; 0 for what is no exporter.
	series int
	// reads is how many read calls a scan made; 0 where they were not counted.
	reads float64
}

// probe is one way of using one program that stays resident. A program that is not there
// is a probe whose missing says why.
type probe struct {
	name    string
	missing string
	measure func(context.Context) (sample, error)
}

// resident measures by the CPU clock of a process: from just before the scan until settle
// after it, so that what the program does afterwards, such as collecting garbage, counts.
func resident(pid int, settle time.Duration, scan func(context.Context) (sample, error)) func(context.Context) (sample, error) {
	return func(ctx context.Context) (sample, error) {
		before, err := cpuTime(pid)
		if err != nil {
			return sample{}, err
		}
		began := time.Now()
		s, err := scan(ctx)
		if err != nil {
			return sample{}, err
		}
		s.wall = time.Since(began)
		if err := sleep(ctx, settle); err != nil {
			return sample{}, err
		}
		after, err := cpuTime(pid)
		s.cpu = after - before
		return s, err
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// workerSettle is how long the collection of a worker's garbage may take.
const workerSettle = 50 * time.Millisecond

// scanning asks a worker, or the floor, for some scans in a row and gives the mean.
func scanning(c *child, times int) func(context.Context) (sample, error) {
	scans := reading(c.pid(), resident(c.pid(), workerSettle, func(context.Context) (sample, error) {
		var s sample
		for range times {
			if err := c.ask(scanOnce); err != nil {
				return s, err
			}
			if err := c.answer(&s.answer); err != nil {
				return s, err
			}
		}
		return s, nil
	}))
	return func(ctx context.Context) (sample, error) {
		s, err := scans(ctx)
		s.cpu /= time.Duration(times)
		s.wall /= time.Duration(times)
		s.reads /= float64(times)
		return s, err
	}
}

// reading counts the read calls that something takes: programs that are held against each
// other for reading the same files should make about as many.
func reading(pid int, scan func(context.Context) (sample, error)) func(context.Context) (sample, error) {
	return func(ctx context.Context) (sample, error) {
		before, err := readCalls(pid)
		if err != nil {
			return sample{}, err
		}
		s, err := scan(ctx)
		if err != nil {
			return sample{}, err
		}
		after, err := readCalls(pid)
		s.reads = after - before
		return s, err
	}
}

// samples are the measurements of each probe by name, in the order of the rounds.
type samples map[string][]sample

// interleave measures every probe once per round, in turn and in every other round
// backwards, after a round that warms up and does not count. So a disturbance or a drift
// of the machine meets neighbours alike, and ratios hold better than times.
//
// A program that fails is left out from then on, with all its samples, and failed is told.
func interleave(
	ctx context.Context, rounds int, probes []probe, progress func(round int), failed func(name string, err error),
) (samples, error) {
	order := slices.DeleteFunc(slices.Clone(probes), func(p probe) bool { return p.missing != "" })
	taken := samples{}
	for round := range rounds + 1 {
		progress(round)
		for _, p := range slices.Clone(order) {
			s, err := p.measure(ctx)
			switch {
			case ctx.Err() != nil:
				return nil, fmt.Errorf("%s: %w", p.name, ctx.Err())
			case err != nil:
				order = slices.DeleteFunc(order, func(other probe) bool { return other.name == p.name })
				delete(taken, p.name)
				failed(p.name, err)
			case round > 0:
				taken[p.name] = append(taken[p.name], s)
			}
		}
		slices.Reverse(order)
	}
	return taken, nil
}

// cpu returns a probe's CPU times, in the order of the rounds.
func (s samples) cpu(name string) []time.Duration {
	var out []time.Duration
	for _, one := range s[name] {
		out = append(out, one.cpu)
	}
	return out
}

// wall returns a probe's elapsed times.
func (s samples) wall(name string) []time.Duration {
	var out []time.Duration
	for _, one := range s[name] {
		out = append(out, one.wall)
	}
	return out
}

// last returns a probe's last sample.
func (s samples) last(name string) sample {
	all := s[name]
	if len(all) == 0 {
		return sample{}
	}
	return all[len(all)-1]
}
