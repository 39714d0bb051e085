package textfile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// write puts files into a new folder.
func write(tb testing.TB, files map[string]string) string {
	tb.Helper()
	dir := tb.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

// show is a result in few words: each family with its help and its metrics' number.
func show(r *Result, dir string) (families, files, failures []string) {
	for _, f := range r.Families {
		families = append(families, fmt.Sprintf("%s %s %d: %s", typeName(f), f.GetName(), len(f.GetMetric()), f.GetHelp()))
	}
	for _, f := range r.Files {
		files = append(files, strings.TrimPrefix(f.Path, dir+"/"))
	}
	for _, err := range r.Errors {
		failures = append(failures, err.Error())
	}
	for _, list := range [][]string{families, files, failures} {
		for i := range list {
			list[i] = strings.ReplaceAll(list[i], dir+"/", "")
		}
	}
	return families, files, failures
}

func TestRead(t *testing.T) {
	tests := []struct {
		name                      string
		files                     map[string]string
		families, read, wantError []string
	}{
		{name: "nothing"},
		{
			name:     "others are left alone",
			files:    map[string]string{"a.prom": "x 1\n", "a.prom.tmp": "y 1\n", "b.txt": "z 1\n", "deep/c.prom": "d 1\n"},
			families: []string{"untyped x 1: Metric read from a.prom"},
			read:     []string{"a.prom"},
		},
		{
			name:     "one family out of two files",
			files:    map[string]string{"a.prom": "x{l=\"1\"} 1\n", "b.prom": "# HELP x Text.\nx{l=\"2\"} 1\n"},
			families: []string{"untyped x 2: Text."},
			read:     []string{"a.prom", "b.prom"},
		},
		{
			name:      "a bad file",
			files:     map[string]string{"a.prom": "x 1\ny one\n", "b.prom": "z 1\n"},
			families:  []string{"untyped z 1: Metric read from b.prom"},
			read:      []string{"b.prom"},
			wantError: []string{`a.prom: line 2: expected float as value`},
		},
		{
			name:      "no end of line",
			files:     map[string]string{"a.prom": "x 1"},
			wantError: []string{"a.prom: line 1: no end of line: the file may be cut short"},
		},
		{
			name:      "a link to a file of secrets",
			files:     map[string]string{"a.prom": "root:$6$a\"b$c:1::\n", "b.prom": "root $6$a\"b:1::\n"},
			wantError: []string{"a.prom: line 1: expected float as value", "b.prom: line 1: expected float as value"},
		},
		{
			name:      "a timestamp",
			files:     map[string]string{"a.prom": "x 1 1700000000000\n"},
			wantError: []string{"a.prom: x: timestamps are not supported"},
		},
		{
			name:      "the same series twice",
			files:     map[string]string{"a.prom": "x{a=\"1\",b=\"2\"} 1\nx{b=\"2\",a=\"1\",c=\"\"} 2\ny 1\n", "b.prom": "y 2\n"},
			families:  []string{"untyped x 1: Metric read from a.prom", "untyped y 1: Metric read from a.prom, b.prom"},
			read:      []string{"a.prom", "b.prom"},
			wantError: []string{"a.prom: x: 1 duplicate series", "b.prom: y: 1 duplicate series"},
		},
		{
			name:      "another help text",
			files:     map[string]string{"a.prom": "# HELP x One.\nx{l=\"1\"} 1\n", "b.prom": "# HELP x Two.\nx{l=\"2\"} 1\n"},
			families:  []string{"untyped x 2: One."},
			read:      []string{"a.prom", "b.prom"},
			wantError: []string{`b.prom: x: help text "Two.", but "One." in a.prom`},
		},
		{
			name:      "another type",
			files:     map[string]string{"a.prom": "# TYPE x counter\nx 1\n", "b.prom": "# TYPE x gauge\nx{l=\"2\"} 1\ny 1\n"},
			families:  []string{"counter x 1: Metric read from a.prom", "untyped y 1: Metric read from b.prom"},
			read:      []string{"a.prom", "b.prom"},
			wantError: []string{"b.prom: x: type gauge, but counter in a.prom"},
		},
		{
			name:      "a name of the exporter's",
			files:     map[string]string{"a.prom": "proctree_processes 1\nx 1\n"},
			families:  []string{"untyped x 1: Metric read from a.prom"},
			read:      []string{"a.prom"},
			wantError: []string{`a.prom: proctree_processes: names that begin with "proctree_" are the exporter's own`},
		},
		{
			name:      "no UTF-8",
			files:     map[string]string{"a.prom": "# HELP x \xff\nx 1\n", "b.prom": "y{l=\"\xff\"} 1\n"},
			wantError: []string{"a.prom: not valid UTF-8", "b.prom: not valid UTF-8"},
		},
		{
			name: "buckets and quantiles twice",
			files: map[string]string{
				"a.prom": "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"1.0\"} 2\nh_sum 1\nh_count 2\n",
				"b.prom": "# TYPE s summary\ns{quantile=\"0.5\"} 1\ns{quantile=\"0.5\"} 2\ns_sum 1\ns_count 2\n",
			},
			read:      []string{"a.prom", "b.prom"},
			wantError: []string{"a.prom: h: 1 duplicate series", "b.prom: s: 1 duplicate series"},
		},
		{
			name: "the series of a histogram by hand",
			files: map[string]string{
				"a.prom": "# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n",
				"b.prom": "h_count 2\n",
			},
			families:  []string{"histogram h 1: Metric read from a.prom"},
			read:      []string{"a.prom", "b.prom"},
			wantError: []string{"b.prom: h_count: h_count is written by the histogram h already"},
		},
		{
			name:     "lines of Windows",
			files:    map[string]string{"a.prom": "# HELP x Text.\r\n# TYPE x gauge\r\nx{l=\"a\"} 1\r\n\r\nx{l=\"b\"} 2\r\n"},
			families: []string{"gauge x 2: Text."},
			read:     []string{"a.prom"},
		},
		{
			name: "a byte order mark",
			files: map[string]string{
				"a.prom": "\uFEFF# TYPE x gauge\nx 1\n", "b.prom": "\uFEFFy 1\r\n", "c.prom": "\uFEFF", "d.prom": "z{l=\"\uFEFF\"} 1\n",
			},
			families: []string{"gauge x 1: Metric read from a.prom", "untyped y 1: Metric read from b.prom", "untyped z 1: Metric read from d.prom"},
			read:     []string{"a.prom", "b.prom", "c.prom", "d.prom"},
		},
		{
			name:  "UTF-16",
			files: map[string]string{"a.prom": "\xff\xfex\x00 \x001\x00\n\x00", "b.prom": "\xfe\xff\x00x\x00 \x001\x00\n", "c.prom": "x\x00 \x001\x00\n\x00", "d.prom": "\x00x\x00 \x001\x00\n"},
			wantError: []string{
				"a.prom: " + errUTF16.Error(), "b.prom: " + errUTF16.Error(), "c.prom: " + errUTF16.Error(), "d.prom: " + errUTF16.Error(),
			},
		},
		{
			name: "more labels than a sample may have",
			files: map[string]string{
				"a.prom": "y 1\n" + sample(101), "b.prom": sample(100), "c.prom": sample(10_000),
				"d.prom": "z{l=\"" + strings.Repeat("a,b=}", 200) + "\"} 1\n",
			},
			families: []string{"untyped x 1: Metric read from b.prom", "untyped z 1: Metric read from d.prom"},
			read:     []string{"b.prom", "d.prom"},
			wantError: []string{
				"a.prom: line 2: more than 100 labels", "c.prom: line 1: longer than 65536 bytes",
			},
		},
		{
			name: "a line that is too long",
			files: map[string]string{
				"a.prom": "# HELP x " + strings.Repeat("a", 70_000) + "\nx 1\n", "b.prom": "y 1\nz{l=\"" + strings.Repeat("a", 70_000) + "\"} 1\n",
			},
			wantError: []string{"a.prom: line 1: longer than 65536 bytes", "b.prom: line 2: longer than 65536 bytes"},
		},
		{
			name:      "a label twice",
			files:     map[string]string{"a.prom": "x{l=\"1\",l=\"2\"} 1\n"},
			wantError: []string{"a.prom: line 1: duplicate label names for metric"},
		},
		{
			name:     "an empty file",
			files:    map[string]string{"a.prom": ""},
			families: nil,
			read:     []string{"a.prom"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := write(t, tt.files)
			families, read, failures := show(NewReader([]string{dir}).Read(), dir)
			for _, check := range []struct {
				what      string
				want, got []string
			}{{"families", tt.families, families}, {"files", tt.read, read}, {"errors", tt.wantError, failures}} {
				if diff := cmp.Diff(check.want, check.got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", check.what, diff)
				}
			}
		})
	}
}

func TestDirectories(t *testing.T) {
	dir := write(t, map[string]string{"one/a.prom": "a 1\n", "two/b.prom": "b 1\n", "other/c.prom": "c 1\n", "three/a.prom": "d 1\n"})
	r := NewReader([]string{dir + "/t*", dir + "/one", dir + "/none", dir + "/[bad"})
	families, read, failures := show(r.Read(), dir)
	if len(families) != 3 || len(read) != 3 || len(failures) != 2 {
		t.Errorf("families %v\nfiles %v\nerrors %v", families, read, failures)
	}
	for _, err := range r.Read().Errors {
		if !errors.Is(err, os.ErrNotExist) {
			t.Errorf("error %v", err)
		}
	}
}

// sample is one with a number of labels.
func sample(labels int) string {
	var out strings.Builder
	out.WriteString("x{")
	for i := range labels {
		fmt.Fprintf(&out, "l%d=\"1\",", i)
	}
	return out.String() + "} 1\n"
}

// TestTimeForParsing: the time for parsing bounds all files together, also in the middle of one.
func TestTimeForParsing(t *testing.T) {
	dir := write(t, map[string]string{
		"a.prom": "a 1\n", "b.prom": strings.Repeat("# a comment\n", 10_000) + "b 1\n", "c.prom": "c 1\n",
	})
	r := newReader([]string{dir}, defaultLimits)
	var clock time.Time
	r.now = func() time.Time {
		clock = clock.Add(defaultLimits.Parsing / 8)
		return clock
	}
	_, read, failures := show(r.Read(), dir)
	if diff := cmp.Diff([]string{"a.prom"}, read); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"b.prom: " + errTime.Error(), "c.prom: " + errTime.Error()}, failures); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}

// limits are the default ones but for the number of files and series and the bytes.
func limits(files, series, all, one int) Limits {
	l := defaultLimits
	l.Files, l.Series, l.Bytes, l.FileBytes = files, series, all, one
	return l
}

func TestTooManyEntries(t *testing.T) {
	l := defaultLimits
	l.Entries = 2
	dir := write(t, map[string]string{"full/a.prom": "a 1\n", "full/b": "", "full/c": "", "x1/d.prom": "d 1\n", "x2/e.prom": "e 1\n"})
	_, read, failures := show(newReader([]string{dir + "/full", dir + "/x1"}, l).Read(), dir)
	if diff := cmp.Diff([]string{"x1/d.prom"}, read); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"full: more than 2 entries"}, failures); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
	l.Files = 1
	_, _, failures = show(newReader([]string{dir + "/x*"}, l).Read(), dir)
	if diff := cmp.Diff([]string{"x*: matches more than 1 directories"}, failures); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}

func TestLimits(t *testing.T) {
	dir := write(t, map[string]string{
		"a.prom": "x 1\n",
		"b.prom": strings.Repeat("# a comment\n", 20),
		"c.prom": "# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n",
		"d.prom": "y 1\n",
		"e.prom": "z 1\n",
	})
	for _, tt := range []struct {
		name      string
		limits    Limits
		read      []string
		wantError []string
	}{
		{"files", limits(2, 100, 1000, 500), []string{"a.prom", "b.prom"}, []string{": more than 2 files"}},
		{"series", limits(9, 3, 1000, 500), []string{"a.prom", "b.prom", "d.prom", "e.prom"}, []string{"c.prom: more than 3 series in all files"}},
		{"one file", limits(9, 100, 1000, 100), []string{"a.prom", "c.prom", "d.prom", "e.prom"}, []string{"b.prom: larger than 100 bytes"}},
		{"all files", limits(9, 100, 70, 70), []string{"a.prom", "c.prom", "d.prom"}, []string{
			"b.prom: larger than 66 bytes", "e.prom: larger than 3 bytes",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newReader([]string{dir}, tt.limits)
			_, read, failures := show(r.Read(), dir)
			for i := range failures {
				failures[i] = strings.TrimPrefix(failures[i], dir)
			}
			if diff := cmp.Diff(tt.read, read); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.wantError, failures); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add("# HELP x Text.\n# TYPE x counter\nx{l=\"1\"} 1\n", "x{l=\"2\"} 2 5\n")
	f.Add("h_bucket{le=\"1\"} 1\nh_sum NaN\n", "# TYPE h summary\nh{quantile=\"0.5\"} 1\n")
	f.Fuzz(func(t *testing.T, a, b string) {
		m := newMerger(defaultLimits)
		for path, content := range map[string]string{"a.prom": a, "b.prom": b} {
			if families, err := defaultLimits.parse([]byte(content), time.Now().Add(time.Hour), time.Now); err == nil {
				m.add(File{Path: path}, families)
			}
		}
		r := m.result()
		for i, family := range r.Families {
			if i > 0 && family.GetName() <= r.Families[i-1].GetName() {
				t.Errorf("%q is not after %q", family.GetName(), r.Families[i-1].GetName())
			}
			if family.Help == nil || family.Type == nil {
				t.Errorf("%q lacks a help text or a type", family.GetName())
			}
		}
	})
}
