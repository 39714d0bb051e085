package textfile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	dto "github.com/prometheus/client_model/go"
)

// merger makes one set of families out of those of several files. What came first stays.
type merger struct {
	limits       Limits
	files, bytes int
	series       int
	read         []File
	families     map[string]*merged
	errors       []error
}

// merged is one family out of some files.
type merged struct {
	*dto.MetricFamily
	// sources are the files it is from.
	sources []string
	// seen has the labels of every metric.
	seen map[string]bool
}

func newMerger(limits Limits) *merger {
	return &merger{limits: limits, families: make(map[string]*merged)}
}

func (m *merger) fail(err error) { m.errors = append(m.errors, err) }

// add takes over the families of a file. A file that would exceed the bound of series is
// left out as a whole.
func (m *merger) add(file File, families []*dto.MetricFamily) {
	n := 0
	for _, family := range families {
		n += series(family)
	}
	if m.series+n > m.limits.Series {
		m.fail(fmt.Errorf("%s: more than %d series in all files", file.Path, m.limits.Series))
		return
	}
	m.series += n
	m.read = append(m.read, file)
	for _, family := range families {
		if err := m.addFamily(file.Path, family); err != nil {
			m.fail(fmt.Errorf("%s: %s: %w", file.Path, family.GetName(), err))
		}
	}
}

func (m *merger) addFamily(path string, family *dto.MetricFamily) error {
	name := family.GetName()
	if err := checkName(name); err != nil {
		return err
	}
	into := m.families[name]
	if into == nil {
		into = &merged{
			MetricFamily: &dto.MetricFamily{Name: family.Name, Help: family.Help, Type: family.Type},
			seen:         make(map[string]bool),
		}
		m.families[name] = into
	}
	if into.GetType() != family.GetType() {
		return fmt.Errorf("type %s, but %s in %s", typeName(family), typeName(into.MetricFamily), into.sources[0])
	}
	into.sources = append(into.sources, path)
	return into.take(family)
}

// take adds metrics, but none a second time. Another help text is an error that costs
// nothing but the text.
func (f *merged) take(family *dto.MetricFamily) error {
	twice := 0
	for _, metric := range family.GetMetric() {
		key := labelKey(metric.GetLabel())
		if f.seen[key] {
			twice++
			continue
		}
		f.seen[key] = true
		f.Metric = append(f.Metric, metric)
	}
	switch {
	case twice > 0:
		return fmt.Errorf("%d series for the second time", twice)
	case f.Help == nil:
		f.Help = family.Help
	case family.Help != nil && family.GetHelp() != f.GetHelp():
		return fmt.Errorf("help text %q, but %q in %s", family.GetHelp(), f.GetHelp(), f.sources[0])
	}
	return nil
}

// reserved are the beginnings of the names of what the exporter says of itself.
func reserved() []string { return []string{"proctree_", "promhttp_", "process_", "go_", "scrape_"} }

func checkName(name string) error {
	for _, prefix := range reserved() {
		if strings.HasPrefix(name, prefix) {
			return fmt.Errorf("names that begin with %q are the exporter's own", prefix)
		}
	}
	return nil
}

// result sorts what was collected.
func (m *merger) result() *Result {
	r := &Result{Files: m.read, Errors: m.errors}
	for _, family := range m.families {
		if family.Help == nil {
			slices.Sort(family.sources)
			family.Help = new("Metric read from " + strings.Join(slices.Compact(family.sources), ", "))
		}
		r.Families = append(r.Families, family.MetricFamily)
	}
	sortByName(r.Families)
	return r
}

// labelKey is the same for the same labels.
func labelKey(labels []*dto.LabelPair) string {
	var key []byte
	for _, l := range labels {
		if l.GetValue() != "" { // An empty label is none.
			key = append(strconv.AppendQuote(append(key, l.GetName()...), l.GetValue()), ',')
		}
	}
	return string(key)
}

// series counts what Prometheus will store.
func series(family *dto.MetricFamily) int {
	n := 0
	for _, metric := range family.GetMetric() {
		switch {
		case metric.Histogram != nil:
			n += len(metric.Histogram.GetBucket()) + 2
		case metric.Summary != nil:
			n += len(metric.Summary.GetQuantile()) + 2
		default:
			n++
		}
	}
	return n
}

func typeName(family *dto.MetricFamily) string { return strings.ToLower(family.GetType().String()) }
