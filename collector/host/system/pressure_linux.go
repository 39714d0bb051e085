package system

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/prometheus/procfs"
	"golang.org/x/sys/unix"
)

// Pressure implements Reader from /proc/pressure. A kernel may have it compiled in and
// switched off (psi=0): then opening works and reading gives EOPNOTSUPP.
func (r *reader) Pressure() ([]Pressure, error) {
	var all []Pressure
	for _, resource := range []string{"cpu", "memory", "io", "irq"} {
		stats, err := r.proc.PSIStatsForResource(resource)
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, unix.EOPNOTSUPP):
			continue
		case err != nil:
			return nil, fmt.Errorf("read %s pressure: %w", resource, err)
		}
		all = append(all, Pressure{
			Resource: resource,
			Some:     stalled(stats.Some),
			Full:     stalled(stats.Full),
		})
	}
	if all == nil {
		return nil, fmt.Errorf("pressure: not in this kernel: %w", errors.ErrUnsupported)
	}
	return all, nil
}

// stalled returns the total of one line, which is in microseconds.
func stalled(l *procfs.PSILine) *time.Duration {
	if l == nil {
		return nil
	}
	return new(time.Duration(l.Total) * time.Microsecond)
}
