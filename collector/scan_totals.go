package collector

import (
	"maps"
	"sync"
	"time"

	"proctree/collector/process"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// ScanTotals adds up what scans could not read. It is a prometheus.Collector of its own,
// for these counters cover all snapshots, whatever caused them, and not scrapes.
// Safe for concurrent use.
type ScanTotals struct {
	errorsDesc, lostDesc *prometheus.Desc

	mu     sync.Mutex
	errors map[string]uint64
	lost   uint64
	// created is when both began at 0.
	created *timestamppb.Timestamp
}

// NewScanTotals returns totals that began at 0 when the exporter started, each reason's
// too, so that a rate sees the first error.
func NewScanTotals(started time.Time) *ScanTotals {
	t := &ScanTotals{
		errorsDesc: hostDesc("scan_errors_total",
			"Errors of scans of the process table, by reason. The values concerned are absent.",
			"reason"),
		lostDesc: hostDesc("exit_records_lost_total",
			"Exit records that the kernel dropped before the exporter could read them. Resource use of these processes since the previous scan "+
				"is missing from their groups."),
		errors:  make(map[string]uint64),
		created: timestamp(started),
	}
	for _, reason := range process.ErrorReasons() {
		t.errors[reason] = 0
	}
	return t
}

// Observe counts a snapshot. It must see each snapshot once.
func (t *ScanTotals) Observe(s *process.Snapshot) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for reason, n := range s.Errors {
		t.errors[reason] += n
	}
	t.lost += s.ExitsLost
}

// Describe implements prometheus.Collector.
func (t *ScanTotals) Describe(out chan<- *prometheus.Desc) {
	out <- t.errorsDesc
	out <- t.lostDesc
}

// Collect implements prometheus.Collector.
func (t *ScanTotals) Collect(out chan<- prometheus.Metric) {
	t.mu.Lock()
	errors, lost := maps.Clone(t.errors), t.lost
	t.mu.Unlock()
	for reason, n := range errors {
		out <- &metric{
			desc:    t.errorsDesc,
			labels:  []*dto.LabelPair{pair("reason", reason)},
			kind:    prometheus.CounterValue,
			value:   float64(n),
			created: t.created,
		}
	}
	out <- &metric{desc: t.lostDesc, kind: prometheus.CounterValue, value: float64(lost), created: t.created}
}
