// Package textfile reads metrics that other programs left in files: the way in for what no
// collector knows, such as scripts, sensors and gateways of other devices.
//
// A file is in Prometheus' text format and its name ends in ".prom". Who writes one should
// write it under another name and rename it, for a file may be read at any moment.
package textfile

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"proctree/collector/host/stall"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// Suffix is how the names of the files end.
const Suffix = ".prom"

// Limits bound what is read, whoever may write to the directories.
type Limits struct {
	// Files, Series and Bytes bound all directories together, FileBytes one file.
	Files, Series, Bytes, FileBytes int
	// LineBytes bounds a line, Labels the labels of a sample.
	LineBytes, Labels int
	// Parsing bounds how long parsing all files may take.
	Parsing time.Duration
}

// defaultLimits leave room for tens of thousands of series.
var defaultLimits = Limits{
	Files: 1000, Series: 50_000, Bytes: 16 << 20, FileBytes: 4 << 20, LineBytes: 64 << 10, Labels: 100, Parsing: 2 * time.Second,
}

// timeout is how long a directory may take, which is long on a disk; on a mount whose
// server is gone it would be for ever.
const timeout = 2 * time.Second

// Reader reads the files of some directories. It is safe for concurrent use.
type Reader struct {
	directories []string
	limits      Limits
	calls       stall.Calls[[]found]
	now         func() time.Time
}

// NewReader returns a Reader of directories; each may be a pattern of filepath.Match, such
// as "/var/lib/*/metrics".
func NewReader(directories []string) *Reader { return newReader(directories, defaultLimits) }

func newReader(directories []string, limits Limits) *Reader {
	return &Reader{
		directories: directories,
		limits:      limits,
		now:         time.Now,
		calls:       stall.Calls[[]found]{Timeout: timeout, Call: limits.find},
	}
}

// Result is what all files say together.
type Result struct {
	// Families are sorted by name. No metric is in them twice, and each family has one
	// type and a help text.
	Families []*dto.MetricFamily
	// Files are those that were read whole.
	Files []File
	// Errors say what was left out, and why. They name the file.
	Errors []error
}

// File is one file that was read.
type File struct {
	Path     string
	Modified time.Time
}

// Read reads all files. One that is bad in any way adds an error and nothing else, and so
// does a directory that does not answer in time.
func (r *Reader) Read() *Result {
	m := newMerger(r.limits)
	for i, q := range r.calls.Ask(r.directories...) {
		files, err := q.Answer()
		if err != nil {
			m.fail(fmt.Errorf("%s: %w", r.directories[i], err))
		}
		for _, f := range files {
			m.addFile(f, r.now)
		}
	}
	return m.result()
}

// errTimestamp is the error of a file that says when it measured: Prometheus would take
// that for the time of the scrape, and a file that nobody writes any more would be stale
// without anybody seeing it. The file's own age is a metric.
var errTimestamp = errors.New("timestamps are not supported")

// parse returns the families of a file, sorted by name.
func (l Limits) parse(content []byte, until time.Time, now func() time.Time) ([]*dto.MetricFamily, error) {
	content, err := prepare(content)
	if err != nil {
		return nil, err
	}
	if err := l.check(content); err != nil {
		return nil, err
	}
	parser := expfmt.NewTextParser(model.LegacyValidation)
	byName, err := parser.TextToMetricFamilies(&deadline{bytes.NewReader(content), until, now})
	if now().After(until) {
		return nil, errTime
	}
	if err != nil {
		return nil, err
	}
	families := make([]*dto.MetricFamily, 0, len(byName))
	for _, family := range byName {
		for _, metric := range family.GetMetric() {
			if metric.TimestampMs != nil {
				return nil, fmt.Errorf("%s: %w", family.GetName(), errTimestamp)
			}
			slices.SortFunc(metric.Label, func(a, b *dto.LabelPair) int {
				return strings.Compare(a.GetName(), b.GetName())
			})
		}
		families = append(families, family)
	}
	sortByName(families)
	return families, nil
}

func sortByName(families []*dto.MetricFamily) {
	slices.SortFunc(families, func(a, b *dto.MetricFamily) int {
		return strings.Compare(a.GetName(), b.GetName())
	})
}
