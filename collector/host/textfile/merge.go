package textfile

import (
	"fmt"
	"slices"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"
)

// merger makes one set of families out of those of several files. What came first stays.
type merger struct {
	limits       Limits
	files, bytes int
	series       int
	// until is when the time for parsing is up; it begins with the first file.
	until    time.Time
	read     []File
	families map[string]*merged
	// names are those of all series, with the family that writes them.
	names  map[string]string
	errors []error
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
	return &merger{limits: limits, families: make(map[string]*merged), names: make(map[string]string)}
}

func (m *merger) fail(err error) { m.errors = append(m.errors, err) }

// addFile takes over what a file holds, or its error. The bounds are those of all
// directories together.
func (m *merger) addFile(f found, now func() time.Time) {
	if f.err != nil {
		m.fail(f.err)
		return
	}
	if m.files++; m.files > m.limits.Files {
		m.fail(fmt.Errorf("%s: more than %d files", f.Path, m.limits.Files))
		return
	}
	if room := m.limits.Bytes - m.bytes; len(f.content) > room {
		m.fail(errTooLarge(f.Path, room))
		return
	}
	m.bytes += len(f.content)
	if m.until.IsZero() {
		m.until = now().Add(m.limits.Parsing)
	}
	families, err := m.limits.parse(f.content, m.until, now)
	if err != nil {
		m.fail(fmt.Errorf("%s: %w", f.Path, err))
		return
	}
	m.add(f.File, families)
}

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
		if err := m.claim(family); err != nil {
			return err
		}
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

// claim takes the names of a family's series, of which a histogram and a summary have
// several.
func (m *merger) claim(family *dto.MetricFamily) error {
	names := seriesNames(family)
	for _, name := range names {
		if owner, ok := m.names[name]; ok {
			return fmt.Errorf("%s is written by %s already", name, owner)
		}
	}
	for _, name := range names {
		m.names[name] = fmt.Sprintf("the %s %s", typeName(family), family.GetName())
	}
	return nil
}

// take adds metrics, but none a second time. Another help text is an error that costs
// nothing but the text.
func (f *merged) take(family *dto.MetricFamily) error {
	twice := 0
	for _, metric := range family.GetMetric() {
		key := labelKey(metric.GetLabel())
		if f.seen[key] || repeats(metric) {
			twice++
			continue
		}
		f.seen[key] = true
		f.Metric = append(f.Metric, metric)
	}
	switch {
	case twice > 0:
		return fmt.Errorf("%d duplicate series", twice)
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
		if len(family.Metric) == 0 {
			continue
		}
		if family.Help == nil {
			slices.Sort(family.sources)
			help := "Metric read from " + strings.Join(slices.Compact(family.sources), ", ")
			// A file may have any bytes as its name.
			family.Help = new(strings.ToValidUTF8(help, "\uFFFD"))
		}
		r.Families = append(r.Families, family.MetricFamily)
	}
	sortByName(r.Families)
	return r
}
