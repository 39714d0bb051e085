package plugin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"proctree/dashboards/live-datasource/pkg/exporter"
	"proctree/dashboards/live-datasource/pkg/processes"
)

// errNoPast is returned for a time that an exporter did not record, where no Prometheus is configured.
var errNoPast = errors.New("no Prometheus is configured")

// before returns the table of a moment in the past: every process, where the exporter recorded it, else
// those that Prometheus kept. A host may be gone while Prometheus still has its past, so no failure of
// the exporter keeps Prometheus from being asked.
func (d *Datasource) before(ctx context.Context, instance string, at time.Time) (found, error) {
	table, err := d.recorded(ctx, instance, at)
	if err == nil {
		return found{table: table, mode: processes.History, source: processes.Recording}, nil
	}
	if d.past == nil {
		if errors.Is(err, exporter.ErrNotRecorded) {
			err = fmt.Errorf("%w: %w", errNoPast, err)
		}
		return found{}, err
	}
	f := found{mode: processes.History, source: processes.Prometheus, unrecorded: err}
	f.table, f.partial, err = d.past.At(ctx, instance, at)
	return f, err
}

// recorded asks the exporter of an instance for a moment of its recording.
func (d *Datasource) recorded(ctx context.Context, instance string, at time.Time) (*processes.Table, error) {
	target, err := d.targets.Resolve(ctx, instance)
	if err != nil {
		return nil, err
	}
	return d.exporters.ProcessesAt(ctx, target, at)
}
