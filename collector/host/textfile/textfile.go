// Package textfile reads metrics that other programs write to files, such as scripts, sensors
// and gateways of other devices.
//
// A file is in Prometheus' text format and its name ends in ".prom". Programs should write it
// under another name and rename it, because a file may be read at any moment.
package textfile

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"proctree/collector/host/stall"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// suffix is how the names of the files end.
const suffix = ".prom"

// Limits bound the work, because other accounts may be able to write to the directories.
type Limits struct {
	// Files, Series and Bytes bound all directories together, FileBytes one file.
	Files, Series, Bytes, FileBytes int
	// Entries bounds what is in a directory, files with other names included.
	Entries int
	// LineBytes bounds a line, Labels the labels of a sample.
	LineBytes, Labels int
	// Parsing bounds how long parsing all files may take.
	Parsing time.Duration
}

// defaultLimits leave room for tens of thousands of series.
var defaultLimits = Limits{
	Files: 1000, Series: 50_000, Bytes: 16 << 20, FileBytes: 4 << 20, Entries: 20_000,
	LineBytes: 64 << 10, Labels: 100, Parsing: 2 * time.Second,
}

// timeout bounds how long reading a directory may take. A mount whose server is gone never
// answers.
const timeout = 2 * time.Second

// Reader reads the files of some directories. It is safe for concurrent use.
type Reader struct {
	directories []string
	limits      Limits
	calls       stall.Calls[string, []found]
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
		calls:       stall.Calls[string, []found]{Timeout: timeout, Call: stall.Whole(limits.find)},
	}
}

// Result holds the metrics of all files.
type Result struct {
	// Families are sorted by name. No metric is in them twice, and each family has one
	// type and a help text.
	Families []*dto.MetricFamily
	// Files are those that were read whole.
	Files []File
	// Errors name the files and parts that were left out, with the reason.
	Errors []error
}

// File is one file that was read.
type File struct {
	Path     string
	Modified time.Time
}

// Read reads all files. A bad file, or a directory that does not answer in time, adds only an
// error.
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

// errTimestamp is the error of a file with timestamps. Prometheus would store the samples at
// that time, and nobody would notice that the file is no longer written. The age of each file
// is a metric instead.
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
		return nil, withoutContent(err)
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

// quoted is what the parser quotes from a file, with the word before.
var quoted = regexp.MustCompile(`(?:, got|, found|:)? (?:"(?:\\.|[^"\\])*"|'\\?.')`)

// withoutContent returns an error of the parser that quotes nothing. Anyone who may write to the
// directory can link to a file that only the exporter may read, and errors are logged.
func withoutContent(err error) error {
	parse, ok := errors.AsType[expfmt.ParseError](err)
	switch {
	case !ok:
		return err
	case strings.Contains(parse.Msg, "unexpected end of input"):
		return fmt.Errorf("line %d: no end of line: the file may be cut short", parse.Line)
	}
	return fmt.Errorf("line %d: %s", parse.Line, quoted.ReplaceAllString(parse.Msg, ""))
}

func sortByName(families []*dto.MetricFamily) {
	slices.SortFunc(families, func(a, b *dto.MetricFamily) int {
		return strings.Compare(a.GetName(), b.GetName())
	})
}
