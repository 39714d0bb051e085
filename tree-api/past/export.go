package past

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"proctree/collector/history"
	"proctree/collector/history/segment"
	"proctree/tree-api/access"
	"proctree/tree-api/tree"
)

// Export is what to write of a recording.
type Export struct {
	// From and To are the first and the last moment.
	From, To time.Time
	// Step is the least time between two tables; 0 writes all.
	Step time.Duration
	// Query chooses processes, in each table by itself.
	Query *tree.Query
	// CSV writes CSV (RFC 4180) instead of lines of JSON.
	CSV bool
}

// Export writes processes of all tables of a span, one in each line, as an operator sees them. It returns how
// many tables there were, and how many are damaged and left out.
func (p *Past) Export(ctx context.Context, w io.Writer, e *Export) (tables, damaged int, err error) {
	x := &exporter{Export: e, ctx: ctx, w: w, models: tree.NewModels(nil)}
	err = p.Read(ctx, func(archive *history.Archive, policy *Policy) error {
		x.policy = policy
		damaged, err = archive.PlaySpan(ctx, e.From, e.To, x.step)
		return err
	})
	if err == nil && x.tables == 0 {
		err = &history.NoTableError{From: e.From, At: e.To, Before: x.last()}
	}
	return x.tables, damaged, err
}

// exporter writes one table after another.
type exporter struct {
	*Export
	ctx    context.Context //nolint:containedctx // It lives as long as one call.
	w      io.Writer
	policy *Policy
	models *tree.Models
	// before is the last table that was seen, written when the last one was written.
	before  *segment.Table
	written time.Time
	tables  int
	buffer  []byte
}

func (x *exporter) last() time.Time {
	if x.before == nil {
		return time.Time{}
	}
	return x.before.Snapshot.Taken
}

func (x *exporter) step(step *segment.Step) error {
	table, err := step.Table()
	if err != nil {
		return err
	}
	pair := &segment.Pair{Current: table}
	// Where something is missing in between, rates are not known.
	if x.before != nil && step.Before.Equal(x.last()) {
		pair.Previous = x.before
	}
	x.before = table
	// Tables do not come at exact times.
	if step.Time.Before(x.From) || x.tables > 0 && step.Time.Sub(x.written) < x.Step-x.Step/10 {
		return nil
	}
	x.written = step.Time
	return x.write(x.models.For(x.policy.report(pair)).As(access.Operator))
}

func (x *exporter) write(v *tree.View) error {
	x.buffer = x.buffer[:0]
	if x.CSV && x.tables == 0 {
		x.buffer = v.AppendCSVHead(x.buffer)
	}
	x.tables++
	selection, err := v.SelectNodes(x.ctx, x.Query)
	if err != nil && !errors.Is(err, tree.ErrNoRoot) {
		return err
	}
	switch {
	case err != nil: // The process does not live at this moment.
	case x.CSV:
		x.buffer = v.AppendCSVLines(x.buffer, selection)
	default:
		x.buffer = v.AppendLines(x.buffer, selection)
	}
	if _, err := x.w.Write(x.buffer); err != nil {
		return fmt.Errorf("write the export: %w", err)
	}
	return nil
}
