// Package metric is the table of what is known of a process: one row per metric. The JSON, the
// stream and its differences, the OpenAPI schemas, sort keys, filters, the page's columns, the
// Grafana plugins and the table in docs/api.md follow from it, some by code and the rest by
// "make generate". To add a metric, add a row to rows and run "make generate".
package metric

import (
	"time"

	"proctree/collector/process"
)

// Metric is one row: what a metric is called, where it stands, and how it is read. Rows are plain
// functions and values; nothing here uses reflection.
type Metric struct {
	// Name is stable. It is the key for sorting and filtering, the name of the column in the
	// page and in Grafana, and the name under which a recording keeps the values.
	Name string
	// Aliases are earlier names. They are accepted for one release.
	Aliases []string
	// Short are further names that a search understands.
	Short []string
	// Path is where the metric stands in the JSON of a process: a member, or an object and
	// its member ("memory.resident_bytes"). A metric without a place is not sent.
	Path string
	Kind Kind
	Unit Unit
	// Decimals is the number of digits after the decimal point in the JSON. More would make an
	// idle process look changed after every scan.
	Decimals int
	// Known are the bits that a process must have for the value to mean something.
	Known process.Fields

	// One of these reads the value. FromTree metrics have none: the tree knows them.
	Uint func(p *process.Process) uint64
	Int  func(p *process.Process) int
	// Duration is a time that was spent, in seconds in the JSON.
	Duration func(p *process.Process) time.Duration
	Moment   func(p *process.Process, clock *process.Clock) time.Time
	Text     func(p *process.Process) string
	List     func(p *process.Process) []string
	Flag     func(p *process.Process) bool
	// FromTree marks what follows from a process' position in the tree or from the rules.
	FromTree bool

	// Rate is the metric's rate; nil for none. Only counters have one.
	Rate *Rate
	// Sum tells whether a subtree has a sum of it.
	Sum Sum
	// Ascending sorts the smallest value first by default. Numbers descend otherwise, because
	// people look for the largest ones; texts always ascend.
	Ascending bool
	// Role is the least role that sees the metric, in answers and in searches.
	Role Role
	// Constant marks what stays the same while a process runs one program (process.Facts).
	Constant bool
	// Required marks what every process has.
	Required bool
	// Searched marks what a text search looks into.
	Searched bool
	// Choice marks a text with few different values, by which processes can be filtered.
	Choice bool
	// Omit lists the clients that do not show the metric as a column.
	Omit Client

	// Title heads the column; Help is one line that says what the metric is.
	Title, Help string

	// of is the counter of a rate that Rates and All have made.
	of *Metric
}

// Rate is how fast a counter grows between two scans. It needs the same bits as its counter.
type Rate struct {
	Name        string
	Aliases     []string
	Path        string
	Unit        Unit
	Decimals    int
	Sum         Sum
	Omit        Client
	Title, Help string
}

// Kind is what a value means.
type Kind uint8

// The kinds.
const (
	// Gauge is a number that goes up and down.
	Gauge Kind = iota
	// Counter is a number that only grows while the process lives.
	Counter
	// PerSecond is the rate of a counter.
	PerSecond
	// Identifier is a number that names something, and is not to be compared or added.
	Identifier
	// Moment is a time, in seconds since 1970 in the JSON.
	Moment
	// Text is a string; the empty one is not known.
	Text
	// List is a list of strings.
	List
	// State is one of the states of package process.
	State
	// Flag is true or absent.
	Flag
)

var kindNames = [...]string{"gauge", "counter", "rate", "identifier", "moment", "text", "list", "state", "flag"}

// String returns the kind's name, as the documentation has it.
func (k Kind) String() string { return kindNames[k] }

// Unit is what a number counts.
type Unit uint8

// The units.
const (
	// Count has no unit.
	Count Unit = iota
	Bytes
	BytesPerSecond
	Seconds
	// Cores are CPU seconds per second: 1 is one CPU that is busy all the time.
	Cores
	// Ratio is a share: 1 is one thing that is busy all the time.
	Ratio
)

var unitNames = [...]string{"", "bytes", "bytes/s", "seconds", "cores", "ratio"}

// String returns the unit's name; a count has none.
func (u Unit) String() string { return unitNames[u] }

// Sum tells who adds a metric up over a process and all its descendants.
type Sum uint8

// The values of Sum.
const (
	// NotSummed is for metrics whose sum means nothing.
	NotSummed Sum = iota
	// Summed is for metrics that the page and the Grafana panel add up for a branch.
	Summed
	// SentSum is for those that the exporter also sends in "subtree" and sorts by.
	SentSum
)

// Role is who may see a metric; each role sees all that the one before it may.
type Role uint8

// The roles.
const (
	// Public is every account of the host: it sees what /proc shows to all of them.
	Public Role = iota
	// Viewer also sees what the kernel shows only to a process' owner and to root.
	Viewer
	// Operator also sees command lines and paths.
	Operator
)

var roleNames = [...]string{"public", "viewer", "operator"}

// String returns the role's name.
func (r Role) String() string { return roleNames[r] }

// Client is a set of programs that show processes.
type Client uint8

// The clients.
const (
	// Page is the exporter's own page.
	Page Client = 1 << iota
	// Grafana is the live data source and the panel.
	Grafana
)

// Changes reports whether the metric is a number that changes while a process runs, so that it has a
// course over time.
func (m *Metric) Changes() bool {
	return m.Path != "" && !m.FromTree && (m.Kind == Gauge || m.Kind == Counter || m.Kind == PerSecond)
}

// IsNumber reports whether the values are numbers; moments are.
func (m *Metric) IsNumber() bool { return m.Kind <= Moment }

// ShownIn reports whether a client has a column of it.
func (m *Metric) ShownIn(c Client) bool { return m.Omit&c == 0 && m.Kind != Flag && m.Path != "" }

// Sortable reports whether processes can be sorted by it. Nobody can sort by what not everybody
// may see: the order alone would tell it.
func (m *Metric) Sortable() bool { return m.Role != Operator && m.Kind != List && m.Kind != Flag }

// HasMinimum reports whether processes can be filtered by the least value.
func (m *Metric) HasMinimum() bool {
	return m.Kind == Gauge && !m.Ascending || m.Kind == Counter || m.Kind == PerSecond
}

// Counter returns the counter of which the metric is the rate; nil for any other metric.
func (m *Metric) Counter() *Metric { return m.of }

// Growth returns how far a counter went between two scans, durations in seconds; before is nil for
// a process that started in between. A counter that fell did not move. Times count in whole
// milliseconds, as a recording keeps them: what follows from them is the same in the past.
func (m *Metric) Growth(now, before *process.Process) float64 {
	if m.Duration != nil {
		d := m.Duration(now).Truncate(time.Millisecond)
		if before != nil {
			d = max(0, d-m.Duration(before).Truncate(time.Millisecond))
		}
		return d.Seconds()
	}
	n := m.Uint(now)
	if before == nil {
		return float64(n)
	}
	if b := m.Uint(before); n > b {
		return float64(n - b)
	}
	return 0
}
