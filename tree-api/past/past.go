// Package past answers for the processes of a recording with the code that answers for those of now:
// a recorded table becomes a report, and a report becomes a tree.
package past

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"proctree/collector/group"
	"proctree/collector/group/rules"
	"proctree/collector/history"
	"proctree/collector/history/segment"
	"proctree/collector/process"
	"proctree/tree-api/tree"
)

// Config sets up a Past.
type Config struct {
	// Dir is the directory of the recording.
	Dir string
	// Policy returns the configuration by which recorded processes are shown. It returns the same
	// pointer until the configuration changes.
	Policy func() *Policy
}

// Policy says what may be shown of recorded processes. What a recording holds was already masked when
// it was written; a configuration that became stricter since then applies too.
type Policy struct {
	Shown *rules.Shown
	// Rules excludes processes; nil excludes none.
	Rules *rules.Rules
	// Names are those of groups that may be shown; nil leaves all as they were recorded.
	Names *rules.Renamer
}

// Past reads a recording. Safe for concurrent use. A nil Past is that of an exporter that records
// nothing.
type Past struct {
	cfg    Config
	models *tree.Models
	// moments reads single tables. long reads spans, one for one caller at a time, who has the slot: so
	// nobody who asks for a moment waits for that.
	moments, long *history.Archive
	slot          chan struct{}

	mu sync.Mutex
	// recent are the models that were made last, newest at the end.
	recent []recent
	// idle frees the memory when nobody has asked for a while.
	idle *time.Timer
}

type recent struct {
	pair   *segment.Pair
	policy *Policy
	model  *tree.Model
}

const (
	// maxRecent is how many trees are kept for the next request: pages ask for one moment in several ways.
	maxRecent = 4
	// keepIdle is for how long trees are kept after the last request.
	keepIdle = 30 * time.Second
)

// New returns a Past. It reads nothing yet.
func New(cfg Config) *Past {
	return &Past{
		cfg: cfg, models: tree.NewModels(nil), slot: make(chan struct{}, 1),
		moments: history.NewArchive(cfg.Dir), long: history.NewArchive(cfg.Dir),
	}
}

// ErrNotRecorded is returned where there is no recording.
var ErrNotRecorded = errors.New("this exporter records nothing: start it with --history.dir to ask for the past")

// Read lets a caller read the recording over a span of time, one after another. The policy says what of it
// may be shown.
func (p *Past) Read(ctx context.Context, read func(archive *history.Archive, policy *Policy) error) error {
	if p == nil {
		return ErrNotRecorded
	}
	select {
	case p.slot <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("wait for other readers of the recording: %w", ctx.Err())
	}
	defer func() { <-p.slot }()
	defer p.long.Forget()
	return notYet(read(p.long, p.cfg.Policy()))
}

// notYet is the error of a directory that the recorder has still to make.
func notYet(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return history.ErrEmpty
	}
	return err
}

// At returns the model of the last table at or before a moment; a *history.NoTableError where there is none.
func (p *Past) At(ctx context.Context, t time.Time) (*tree.Model, error) {
	if p == nil {
		return nil, ErrNotRecorded
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("read the recording: %w", err) // Others took all the time.
	}
	defer p.forgetLater()
	pair, err := p.moments.At(wholeMillisecond(t))
	if err != nil {
		return nil, notYet(err)
	}
	policy := p.cfg.Policy()
	for _, r := range p.recent {
		if r.pair == pair && r.policy == policy {
			return r.model, nil
		}
	}
	model := p.models.For(policy.report(pair))
	if len(p.recent) == maxRecent {
		p.recent = append(p.recent[:0], p.recent[1:]...)
	}
	p.recent = append(p.recent, recent{pair, policy, model})
	return model, nil
}

// Policy is the configuration of now; nil where nothing is recorded.
func (p *Past) Policy() *Policy {
	if p == nil {
		return nil
	}
	return p.cfg.Policy()
}

// Since returns a model of the same table whose rates are counted from an earlier one. That of before a
// boot, or of a later time, is no base for them.
func (p *Past) Since(m *tree.Model, previous *process.Snapshot) *tree.Model {
	p.mu.Lock()
	models := p.models
	p.mu.Unlock()
	report := m.Tree.Report
	if previous != nil && previous.Clock.Now >= report.Snapshot.Clock.Now {
		previous = nil
	}
	return models.Since(report, previous)
}

// forgetLater frees the memory after a while. The caller holds mu.
func (p *Past) forgetLater() {
	if p.idle != nil {
		p.idle.Reset(keepIdle)
		return
	}
	p.idle = time.AfterFunc(keepIdle, p.forget)
}

func (p *Past) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.recent, p.models = nil, tree.NewModels(nil)
	p.moments.Forget()
}

// Close frees what is kept.
func (p *Past) Close() {
	if p == nil {
		return
	}
	p.mu.Lock()
	if p.idle != nil {
		p.idle.Stop()
	}
	p.mu.Unlock()
	p.forget()
}

// report makes a report of a table, as a tracker would have made it.
func (p *Policy) report(pair *segment.Pair) *group.Report {
	current := pair.Current
	s := current.Snapshot
	groups := p.Names.Groups(current.Groups, func(i int) rules.Subject { return *p.subject(s.Processes[i], s.Clock) })
	report := group.Past(s, nil, groups, p.excluded(current), p.Shown)
	if pair.Previous != nil {
		report.Previous = pair.Previous.Snapshot
	}
	return report
}

// excluded says of each process whether it is hidden; nil hides none.
func (p *Policy) excluded(t *segment.Table) []bool {
	if p.Rules == nil || !p.Rules.HasExclusions() {
		return nil
	}
	s := t.Snapshot
	list := make([]bool, len(s.Processes))
	for i := range s.Processes {
		list[i] = !p.ShowsProcess(s.Processes[i], s.Clock)
	}
	return list
}
