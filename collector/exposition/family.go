package exposition

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/model"
)

// family is the metrics of one name.
type family struct {
	name string
	// described is the description as text.
	described string
	scrape    uint64

	// series are those of the last scrape, in the order in which they came; of those n have
	// come in this one.
	series []*series
	n      int
	// diverged is set once others came than in the last scrape: then next has those of this
	// one, and at is the first of the last that may still come. spare is room for next.
	diverged    bool
	next, spare []*series
	at          int
	// whole are the metrics of this scrape that are more than one number. Their family is
	// written by client_golang each time.
	whole []prometheus.Metric
	// changed is set if there are other series than before, or whole ones.
	changed bool
	// version counts the scrapes that changed something, be it a value, and structure those
	// that changed what series there are.
	version, structure uint64

	// order has the series by their places in the output.
	order []int32
	help  string
	unit  *string
	kind  dto.MetricType
	// gathered is the family of a scrape with whole metrics, else nil.
	gathered *dto.MetricFamily

	encodings [formats]encoding
}

// begin opens a scrape.
func (f *family) begin(scrape uint64) {
	if len(f.whole) > 0 {
		f.reset()
		clear(f.whole)
		f.whole = f.whole[:0]
	}
	f.scrape, f.n, f.diverged = scrape, 0, false
}

// reset forgets what is ready, for all of it has changed.
func (f *family) reset() {
	f.changed = true
	for i := range f.series {
		f.series[i].checked = false
		f.series[i].ready = [formats]ready{}
	}
	for i := range f.encodings {
		f.encodings[i] = encoding{}
	}
}

// lookAhead is how many series in a row may have gone for those behind to be found again.
const lookAhead = 64

// add takes the next series.
func (f *family) add(desc *prometheus.Desc, s Sample) {
	if !f.diverged {
		if f.n < len(f.series) && f.series[f.n].is(&s) {
			f.set(f.series[f.n], desc, s)
			f.n++
			return
		}
		f.diverged, f.changed, f.at = true, true, f.n
		f.next = f.spare[:0]
		f.next = append(f.next, f.series[:f.n]...)
	}
	for i := f.at; i < min(f.at+lookAhead, len(f.series)); i++ {
		if f.series[i].is(&s) {
			f.next = append(f.next, f.series[i])
			f.set(f.series[i], desc, s)
			f.at = i + 1
			return
		}
	}
	f.next = append(f.next, &series{desc: desc, labels: s.Labels, value: s.Value, created: s.Created, kind: s.Type})
}

// set gives a series that is known its value.
func (f *family) set(known *series, desc *prometheus.Desc, s Sample) {
	// What was compared need not be compared label by label the next time.
	known.desc, known.labels = desc, s.Labels
	if known.set(s.Value) {
		f.version++
	}
}

// end closes a scrape.
func (f *family) end() {
	switch {
	case f.diverged:
		clear(f.series)
		f.series, f.spare, f.next = f.next, f.series[:0], nil
	case f.n < len(f.series):
		clear(f.series[f.n:])
		f.series = f.series[:f.n]
		f.changed = true
	}
	if len(f.whole) > 0 {
		f.reset()
	}
}

// replayed sends what client_golang has to check: the series that are new, and one that is not,
// so that type and help are compared.
func (f *family) replayed(out chan<- prometheus.Metric) {
	known := false
	for i := range f.series {
		s := f.series[i]
		if s.checked && known {
			continue
		}
		known = known || s.checked
		out <- s
	}
	for _, m := range f.whole {
		out <- m
	}
}

// needsCheck reports whether there is anything new to check.
func (f *family) needsCheck() bool {
	return len(f.whole) > 0 || slices.ContainsFunc(f.series, func(s *series) bool { return !s.checked })
}

// take takes over what client_golang has checked.
func (f *family) take(of *dto.MetricFamily) error {
	if !fits(of) {
		return errUnfit
	}
	f.help, f.unit, f.kind, f.gathered = of.GetHelp(), of.Unit, of.GetType(), nil
	if len(f.whole) > 0 {
		f.gathered = of
	}
	for i := range f.series {
		if s := f.series[i]; s.written != nil {
			s.shown, s.checked, s.written = s.written.Label, true, nil
		}
	}
	return nil
}

// arrange sorts the series as client_golang does.
func (f *family) arrange() error {
	f.version++
	f.structure++
	f.changed = false
	f.order = slices.Grow(f.order[:0], len(f.series))
	for i := range f.series {
		f.order = append(f.order, int32(i))
	}
	compare := func(a, b int32) int { return compareLabels(f.series[a].shown, f.series[b].shown) }
	if !slices.IsSortedFunc(f.order, compare) {
		slices.SortFunc(f.order, compare)
	}
	for i := 1; i < len(f.order); i++ {
		a, b := f.series[f.order[i-1]], f.series[f.order[i]]
		if compareLabels(a.shown, b.shown) == 0 && sameLabels(a.shown, b.shown) {
			return fmt.Errorf("%s: duplicate series with labels %v: %w", f.name, a.shown, errUnfit)
		}
	}
	return nil
}

// compareLabels is the order of series in the output: by the number of labels, then by their
// values.
func compareLabels(a, b []*dto.LabelPair) int {
	if len(a) != len(b) {
		return cmp.Compare(len(a), len(b))
	}
	for i := range a {
		if a[i] == b[i] {
			continue
		}
		if order := strings.Compare(a[i].GetValue(), b[i].GetValue()); order != 0 {
			return order
		}
	}
	return 0
}

// fits reports whether all names are classic ones, which no format has to escape.
func fits(of *dto.MetricFamily) bool {
	if !model.LegacyValidation.IsValidMetricName(of.GetName()) {
		return false
	}
	for _, m := range of.Metric {
		for _, l := range m.Label {
			if !model.LegacyValidation.IsValidLabelName(l.GetName()) {
				return false
			}
		}
	}
	return true
}

// asFamily makes a family of client_golang of some of the series, by their places.
func (f *family) asFamily(places []int32) *dto.MetricFamily {
	of := &dto.MetricFamily{Name: &f.name, Help: &f.help, Type: f.kind.Enum(), Unit: f.unit, Metric: make([]*dto.Metric, len(places))}
	for at, i := range places {
		of.Metric[at] = new(dto.Metric)
		f.series[i].fill(of.Metric[at], f.series[i].shown)
	}
	return of
}
