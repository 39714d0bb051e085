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
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

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
}

// defaultLimits leave room for tens of thousands of series.
var defaultLimits = Limits{Files: 1000, Series: 50_000, Bytes: 16 << 20, FileBytes: 4 << 20}

// Reader reads the files of some directories. It is safe for concurrent use.
type Reader struct {
	directories []string
	limits      Limits
}

// NewReader returns a Reader of directories; each may be a pattern of filepath.Match, such
// as "/var/lib/*/metrics".
func NewReader(directories []string) *Reader {
	return &Reader{directories: directories, limits: defaultLimits}
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

// Read reads all files. One that is bad in any way adds an error and nothing else.
func (r *Reader) Read() *Result {
	m := newMerger(r.limits)
	for _, pattern := range r.directories {
		directories, err := filepath.Glob(pattern)
		if err != nil || len(directories) == 0 {
			// What matches nothing is meant as it is, and opening it says what is wrong.
			directories = []string{pattern}
		}
		for _, directory := range directories {
			r.readDirectory(directory, m)
		}
	}
	return m.result()
}

func (r *Reader) readDirectory(directory string, m *merger) {
	entries, err := os.ReadDir(directory)
	if err != nil {
		m.fail(fmt.Errorf("read directory: %w", err))
		return
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), Suffix) {
			continue
		}
		path := filepath.Join(directory, e.Name())
		if m.files++; m.files > r.limits.Files {
			m.fail(fmt.Errorf("%s: more than %d files", directory, r.limits.Files))
			return
		}
		content, modified, err := r.readFile(path, r.limits.Bytes-m.bytes)
		if err != nil {
			m.fail(err)
			continue
		}
		m.bytes += len(content)
		families, err := parse(content)
		if err != nil {
			m.fail(fmt.Errorf("%s: %w", path, err))
			continue
		}
		m.add(File{path, modified}, families)
	}
}

// readFile reads a regular file of at most room bytes.
func (r *Reader) readFile(path string, room int) ([]byte, time.Time, error) {
	// Opening a pipe would otherwise wait for somebody to write to it.
	f, err := os.OpenFile(path, os.O_RDONLY|nonblock, 0)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("open file: %w", err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("stat file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, time.Time{}, fmt.Errorf("%s: not a regular file", path)
	}
	limit := min(r.limits.FileBytes, room)
	content, err := io.ReadAll(io.LimitReader(f, int64(limit)+1))
	switch {
	case err != nil:
		return nil, time.Time{}, fmt.Errorf("read file: %w", err)
	case len(content) > limit:
		return nil, time.Time{}, fmt.Errorf("%s: larger than the %d bytes there is room for", path, limit)
	}
	return content, info.ModTime(), nil
}

// errTimestamp is the error of a file that says when it measured: Prometheus would take
// that for the time of the scrape, and a file that nobody writes any more would be stale
// without anybody seeing it. The file's own age is a metric.
var errTimestamp = errors.New("timestamps are not supported")

// parse returns the families of a file, sorted by name.
func parse(content []byte) ([]*dto.MetricFamily, error) {
	parser := expfmt.NewTextParser(model.LegacyValidation)
	byName, err := parser.TextToMetricFamilies(bytes.NewReader(content))
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
