package events

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"proctree/collector/group"
	"proctree/collector/group/rules"
	"proctree/collector/process"
)

// Reader reads what happens to processes; see host.EventReader.
type Reader interface {
	Read(wait time.Duration, each func(*process.Event)) error
	Counts() (counted, lost [process.LossKinds]uint64, err error)
	Close() error
}

// Policy is what the configuration says of processes.
type Policy struct {
	// Rules name groups and exclude processes; nil has neither.
	Rules *rules.Rules
	Shown *rules.Shown
	// Names are those of groups that may be shown; nil leaves all as they were.
	Names *rules.Renamer
}

// Config sets up a Log.
type Config struct {
	// Reader is where events come from; nil is the differences between scans.
	Reader Reader
	// Policy returns the configuration that is in force.
	Policy func() *Policy
}

// Source is where the events come from.
type Source string

// The sources.
const (
	SourceBPF   Source = "bpf"
	SourceScans Source = "scans"
)

// Log keeps the events of the last minutes. Safe for concurrent use, except for Run.
type Log struct {
	cfg    Config
	report atomic.Pointer[group.Report]
	// scans is set where events come from scans.
	scans  atomic.Bool
	living living
	// began is when the log was made.
	began time.Time

	mu    sync.Mutex
	ring  ring
	stats Stats
}

// Stats count events by kind. Read are those that were read, and Lost those that the kernel counted and
// nobody could read; their sum is what the kernel counted.
type Stats struct{ Read, Lost [process.LossKinds]uint64 }

// New returns a log without events.
func New(cfg Config) *Log {
	l := &Log{cfg: cfg, ring: ring{size: Capacity}, began: time.Now().Round(0)}
	l.living.processes = make(map[int]*alive)
	l.scans.Store(cfg.Reader == nil)
	return l
}

// Policy returns the configuration that is in force.
func (l *Log) Policy() *Policy { return l.cfg.Policy() }

// Source returns where the events come from.
func (l *Log) Source() Source {
	if l.scans.Load() {
		return SourceScans
	}
	return SourceBPF
}

// Stats returns how many events there were.
func (l *Log) Stats() Stats {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.stats
}

// readSpan is how often events are taken from the kernel, unless its buffer fills up before.
const readSpan = 250 * time.Millisecond

// Run reads events until ctx ends. After an error, scans are used instead.
func (l *Log) Run(ctx context.Context) error {
	if l.cfg.Reader == nil {
		return nil
	}
	b := &batch{log: l}
	for ctx.Err() == nil {
		if err := l.cfg.Reader.Read(readSpan, b.take); err != nil {
			if ctx.Err() != nil {
				return nil //nolint:nilerr // It was closed.
			}
			l.scans.Store(true)
			return fmt.Errorf("read events: %w", err)
		}
		b.flush()
		if err := l.countLost(); err != nil {
			l.scans.Store(true)
			return err
		}
	}
	return nil
}

// countLost adds a mark where events were lost since the last call.
func (l *Log) countLost() error {
	_, lost, err := l.cfg.Reader.Counts()
	if err != nil {
		return fmt.Errorf("count events: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for kind, n := range lost {
		l.addLost(process.EventKind(kind), n-l.stats.Lost[kind])
	}
	return nil
}

// addLost adds a mark. The caller holds mu.
func (l *Log) addLost(kind process.EventKind, n uint64) {
	if n == 0 {
		return
	}
	l.stats.Lost[kind] += n
	l.ring.add(&Entry{Event: process.Event{Kind: process.EventLost, Lost: kind, Time: time.Now().Round(0), Count: n, Facts: process.NoFacts}})
}

// Observe takes a report, which must not change. Reports have to come in the order of their scans.
func (l *Log) Observe(report *group.Report) {
	l.report.Store(report)
	if l.scans.Load() {
		l.addScan(report)
	}
}

// batch collects entries, so that the log is locked once for many.
type batch struct {
	log     *Log
	entries []Entry
	read    [process.LossKinds]uint64
}

const maxBatch = 1024

func (b *batch) take(e *process.Event) {
	b.read[e.Kind]++
	b.entries = b.log.living.see(e, b.log.report.Load(), b.log.cfg.Policy(), b.entries)
	if len(b.entries) >= maxBatch {
		b.flush()
	}
}

func (b *batch) flush() {
	l := b.log
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range b.entries {
		l.ring.add(&b.entries[i])
	}
	for kind, n := range b.read {
		l.stats.Read[kind] += n
	}
	clear(b.entries)
	b.entries, b.read = b.entries[:0], [process.LossKinds]uint64{}
}
