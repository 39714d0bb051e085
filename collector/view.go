package collector

import (
	"slices"
	"strings"
	"time"

	"proctree/collector/group"
	"proctree/collector/group/rules"
	"proctree/collector/process"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// View is a report with what the metrics of a group, or of a process, have in common,
// so that it is made once per scrape and not once per metric. The report is nil where a
// scan failed.
type View struct {
	*group.Report

	groups    []subject[groupView]
	processes []subject[processView]
	// booted is when the host's own counters began at 0; nil where that is not known.
	booted *timestamppb.Timestamp
	arena  *arena
}

// groupView is a group, and what its metrics need to know of the report.
type groupView struct {
	*group.Group
	// hasRecords is whether processes that no scan saw can be known.
	hasRecords bool
}

// processView is a process, and what its metrics need to know of the report.
type processView struct {
	*process.Process
	started time.Time
	shown   *rules.Shown
	// parent is the PID of the parent in the tree, 0 for none.
	parent int
}

// subject is what has metrics: a group or a process.
type subject[T any] struct {
	of    T
	known process.Fields
	*labelSet
	// created is when the subject's counters began at 0; nil where that is not known.
	created *timestamppb.Timestamp
	// later are the values whose counters began later than that.
	later map[process.Fields]time.Time
	arena *arena
}

// newView prepares a report, whose Snapshot must not be nil. The counters of the groups in
// the first scan began at 0 when the exporter started. Series are made in room, which may be
// nil.
func newView(r *group.Report, started time.Time, room *arena) *View {
	v := &View{
		arena:  room,
		Report: r,
		booted: timestamp(r.Snapshot.BootTime()),
	}
	var labels *labelSets
	v.groups, v.processes, labels = room.subjects(len(r.Groups), len(r.Top))
	labels.begin()
	hasRecords := r.Snapshot.ExitSource == process.ExitsBPF || r.Snapshot.ExitSource == process.ExitsTaskstats
	for i := range r.Groups {
		g := &r.Groups[i]
		set := labels.group(g.Name)
		v.groups[i] = subject[groupView]{
			of:       groupView{g, hasRecords},
			known:    g.Known,
			labelSet: set,
			later:    g.KnownSince,
			arena:    room,
		}
		if g.Since.IsZero() {
			v.groups[i].created = set.createdAt(started)
		} else {
			v.groups[i].created = set.createdAt(g.Since)
		}
	}
	for i, top := range r.Top {
		started := r.Snapshot.StartTime(top.Process)
		set := labels.process(processKey{top.Process.ID, top.Process.Name, top.Group})
		v.processes[i] = subject[processView]{
			of:       processView{top.Process, started, r.Shown, r.ParentOf(top.Process)},
			known:    top.Process.Known,
			labelSet: set,
			created:  set.createdAt(started),
			arena:    room,
		}
	}
	labels.end()
	slices.SortFunc(v.processes, byLabels)
	return v
}

// byLabels is the order in which the registry will want the series of each metric. Who
// sends them so spares it most of its sorting.
func byLabels[T any](a, b subject[T]) int {
	return slices.CompareFunc(a.labels, b.labels, func(a, b *dto.LabelPair) int {
		return strings.Compare(*a.Value, *b.Value)
	})
}

// metric returns one series of the subject. The label may be nil.
func (s *subject[T]) metric(desc *prometheus.Desc, kind prometheus.ValueType, label *dto.LabelPair, value float64) *metric {
	m := s.arena.next()
	*m = metric{desc: desc, labels: s.labels, kind: kind, value: value, created: s.created}
	if label != nil {
		m.labels = s.and(label)
	}
	return m
}

// since returns when the counters of a value began at 0.
func (s *subject[T]) since(field process.Fields) *timestamppb.Timestamp {
	if t, ok := s.later[field]; ok {
		return timestamp(t)
	}
	return s.created
}
