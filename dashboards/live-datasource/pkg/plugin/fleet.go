package plugin

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"golang.org/x/sync/errgroup"
)

// fleet answers a ranking over several hosts: each is asked for its own, a few at the same time, and the
// largest of all are shown. Hosts that fail are named in a notice; only if all fail, the query does.
func (d *Datasource) fleet(ctx context.Context, who audience, q *query, raw *backend.DataQuery) (*data.Frame, error) {
	frames, failures := make([]*data.Frame, len(q.Instances)), make([]error, len(q.Instances))
	var asked errgroup.Group
	asked.SetLimit(d.settings.Limits.Concurrency)
	for i, instance := range q.Instances {
		asked.Go(func() error {
			frames[i], failures[i] = d.rankingOf(ctx, who, q, raw, instance)
			return nil
		})
	}
	_ = asked.Wait()
	if !slices.ContainsFunc(frames, func(f *data.Frame) bool { return f != nil }) {
		return nil, failures[0]
	}
	frame := mergeRankings(q, frames)
	if text := missing(q.Instances, failures); text != "" {
		frame.Meta.Notices = append(frame.Meta.Notices, data.Notice{Severity: data.NoticeSeverityWarning, Text: text})
	}
	if n := partial(frames); n > 0 {
		frame.Meta.Notices = append(frame.Meta.Notices, data.Notice{
			Severity: data.NoticeSeverityInfo,
			Text:     fmt.Sprintf("%d of %d hosts show only the processes that Prometheus kept, because their exporters gave no recording of that time.", n, len(frames)),
		})
	}
	return frame, nil
}

// noHost answers a ranking for which no host is chosen. Each host costs its exporter a question, so that "All" of a
// variable, which may be thousands, asks none.
func noHost() *data.Frame {
	frame := data.NewFrame("none")
	frame.Meta = &data.FrameMeta{Notices: []data.Notice{{
		Severity: data.NoticeSeverityInfo,
		Text:     fmt.Sprintf("No host was asked. Choose up to %d hosts by name: \"All\" is no choice here, because each host is asked for its processes.", maxHosts),
	}}}
	return frame
}

// rankingOf answers a ranking for one of several hosts.
func (d *Datasource) rankingOf(ctx context.Context, who audience, q *query, raw *backend.DataQuery, instance string) (*data.Frame, error) {
	ofOne := *q
	ofOne.Instance, ofOne.Instances = instance, texts{instance}
	frames, err := d.ofHost(ctx, who, &ofOne, raw)
	if err != nil {
		return nil, err
	}
	return frames[0], nil
}

// partial counts the rankings that are of some processes only.
func partial(frames []*data.Frame) (n int) {
	for _, f := range frames {
		if f == nil {
			continue
		}
		if from, ok := f.Meta.Custom.(provenance); ok && from.Partial {
			n++
		}
	}
	return n
}

// namedFailures is how many hosts a notice names.
const namedFailures = 3

// missing says which hosts have no answer.
func missing(instances []string, failures []error) string {
	var named []string
	count := 0
	for i, err := range failures {
		if err == nil {
			continue
		}
		if count++; count <= namedFailures {
			logOf(err)("host is missing in a query", "instance", instances[i], "error", err)
			named = append(named, instances[i]+": "+explain(err))
		}
	}
	switch {
	case count == 0:
		return ""
	case count > namedFailures:
		named = append(named, "…")
	}
	return fmt.Sprintf("%d of %d hosts are missing. %s", count, len(instances), strings.Join(named, " "))
}

// mergeRankings makes one ranking of those of several hosts, which all have the same fields, the number
// last. The field instance tells whose a row is.
func mergeRankings(q *query, frames []*data.Frame) *data.Frame {
	type place struct {
		frame *data.Frame
		host  string
		row   int
		value float64
	}
	var places []place
	var merged *data.Frame
	for i, f := range frames {
		if f == nil {
			continue
		}
		if merged == nil {
			merged = f.EmptyCopy()
			merged.Meta = &data.FrameMeta{Type: f.Meta.Type, TypeVersion: f.Meta.TypeVersion}
		}
		number := f.Fields[len(f.Fields)-1]
		for row := range number.Len() {
			value, _ := number.At(row).(float64)
			places = append(places, place{f, q.Instances[i], row, value})
		}
	}
	slices.SortStableFunc(places, func(a, b place) int {
		if q.ranking != nil && q.ranking.Ascending {
			return cmp.Compare(a.value, b.value)
		}
		return cmp.Compare(b.value, a.value)
	})
	places = places[:min(len(places), cmp.Or(q.Limit, 10))]
	hosts := make([]string, len(places))
	for at, p := range places {
		hosts[at] = p.host
		merged.AppendRow(p.frame.RowCopy(p.row)...)
	}
	merged.Fields = slices.Insert(merged.Fields, 0, data.NewField("instance", nil, hosts))
	return merged
}
