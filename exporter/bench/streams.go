//go:build linux

package main

import (
	"context"
	"fmt"
	"time"
)

// What the streams are measured with.
const (
	manyStreams     = 64
	streamProcesses = 5000
	// streamSettle is until a change in the number of streams has passed.
	streamSettle = 4 * time.Second
	// streamSpan is how long the CPU of one round is counted, streamScrapes how many scrapes
	// there are in it.
	streamSpan    = 10 * time.Second
	streamScrapes = 4
	// memoryEvery is the time between two looks at the memory.
	memoryEvery = 5 * time.Second
	// flatOver is the time over which the memory has to be flat.
	flatOver = 10 * time.Minute
)

// crowd is what a number of streams made of the exporter.
type crowd struct {
	// cores is the exporter's CPU in each round, without the scrapes.
	cores []float64
	// scrapes is the time of each scrape in ms.
	scrapes []float64
	// difference is the size of a usual difference in bytes.
	difference float64
}

// streamsPart measures what many streams cost beside one: CPU, memory, and the scrapes of
// others.
func (b *bench) streamsPart(ctx context.Context) error {
	b.progress("%d processes for %d streams", streamProcesses, manyStreams)
	resting := []string{fmt.Sprintf("processes=%d", streamProcesses), "busy=0"}
	return b.amid(ctx, resting, func(server *server, root int) error {
		crowds, err := b.crowds(ctx, server)
		if err != nil {
			return err
		}
		idle, err := server.idleDifference(ctx, root)
		if err != nil {
			return err
		}
		grown, err := b.memoryOfStreams(ctx, server)
		if err != nil {
			return err
		}
		b.reportStreams(crowds, idle, grown)
		return nil
	})
}

// crowds measures the rounds with no stream, one and many in turn, after a round that warms
// up. The keys are how many streams there are.
func (b *bench) crowds(ctx context.Context, server *server) (map[int]*crowd, error) {
	crowds := map[int]*crowd{0: {}, 1: {}, manyStreams: {}}
	for round := range b.options.rounds + 1 {
		b.progress("streams, round %d of %d", round, b.options.rounds)
		for _, size := range []int{0, 1, manyStreams} {
			one, err := server.withStreams(ctx, size)
			if err != nil {
				return nil, err
			}
			if round > 0 {
				crowds[size].add(one)
			}
		}
	}
	return crowds, nil
}

// idleDifference is the size of a difference for what is below a process, all of which
// rests: the rest of the machine seldom does.
func (s *server) idleDifference(ctx context.Context, root int) (float64, error) {
	readers, err := s.openStreams(ctx, 1, fmt.Sprintf("&root=%d", root))
	if err != nil {
		return 0, err
	}
	defer readers.close()
	// The second message brings the first rates.
	if err := sleep(ctx, streamSettle); err != nil {
		return 0, err
	}
	readers.forget()
	if err := sleep(ctx, streamSpan); err != nil {
		return 0, err
	}
	return readers.difference()
}

// add takes in one round.
func (c *crowd) add(round crowd) {
	c.cores = append(c.cores, round.cores...)
	c.scrapes = append(c.scrapes, round.scrapes...)
	c.difference = round.difference
}

// withStreams measures one round with so many streams.
func (s *server) withStreams(ctx context.Context, size int) (crowd, error) {
	readers, err := s.openStreams(ctx, size, "")
	if err != nil {
		return crowd{}, err
	}
	defer readers.close()
	if err := sleep(ctx, streamSettle); err != nil {
		return crowd{}, err
	}
	readers.forget()
	before, err := cpuTime(s.pid())
	if err != nil {
		return crowd{}, err
	}
	began := time.Now()
	if err := sleep(ctx, streamSpan); err != nil {
		return crowd{}, err
	}
	after, err := cpuTime(s.pid())
	if err != nil {
		return crowd{}, err
	}
	round := crowd{cores: []float64{float64(after-before) / float64(time.Since(began))}}
	if round.difference, err = readers.difference(); err != nil {
		return round, err
	}
	for range streamScrapes {
		one, err := rested(resident(s.pid(), 0, s.scrape))(ctx)
		if err != nil {
			return round, err
		}
		round.scrapes = append(round.scrapes, one.wall.Seconds()*1e3)
	}
	return round, nil
}

// growth is what became of the memory under many streams.
type growth struct {
	over          time.Duration
	first, last   float64
	perTenMinutes float64
	median        float64
}

// memoryOfStreams watches the resident memory with many streams open.
func (b *bench) memoryOfStreams(ctx context.Context, s *server) (growth, error) {
	span := b.options.streamsFor
	b.progress("%d streams for %s", manyStreams, span)
	// Those of the last round have to leave their places first.
	if err := sleep(ctx, streamSettle); err != nil {
		return growth{}, err
	}
	readers, err := s.openStreams(ctx, manyStreams, "")
	if err != nil {
		return growth{}, err
	}
	defer readers.close()
	// The heap finds its size first.
	if err := sleep(ctx, min(span/5, time.Minute)); err != nil {
		return growth{}, err
	}
	var at, resident []float64
	for began := time.Now(); time.Since(began) < span; {
		m, err := memoryOf(s.pid())
		if err != nil {
			return growth{}, err
		}
		at, resident = append(at, time.Since(began).Seconds()), append(resident, float64(m.resident))
		if err := sleep(ctx, memoryEvery); err != nil {
			return growth{}, err
		}
	}
	if _, err := readers.difference(); err != nil {
		return growth{}, err
	}
	return growth{
		over: span, first: resident[0], last: resident[len(resident)-1],
		perTenMinutes: slope(at, resident) * flatOver.Seconds(), median: median(resident),
	}, nil
}
