package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// readings are the values of /metrics, by series.
type readings map[string]float64

// volatile are series that differ from one scrape to the next whatever the host's files
// say: times, and what the kernel says of the file system on which the test runs.
var volatile = regexp.MustCompile(`^proctree_(scan_duration_seconds|scrape_collector_duration_seconds|system_time_seconds|` +
	`system_filesystem_(size|free|avail)_bytes|system_filesystem_files|system_filesystem_files_free)\b`)

// counts are the exporter's own, of what it could not read.
var counts = regexp.MustCompile(`^proctree_(scan_errors_total|scrape_collector_errors_total|system_textfile_scrape_error)\b`)

// signed are series that can be below 0.
var signed = regexp.MustCompile(`^proctree_system_(thermal_zone_temp|cooling_device_cur_state|cooling_device_max_state|` +
	`hwmon_\w+|power_supply_\w+|netstat_Tcp_MaxConn|network_speed_bytes|network_flags|md_\w+|zfs_\w+|selinux_\w+)\b|_nice\b|^[^p]`)

// verdicts say whether collectors succeeded.
var verdicts = regexp.MustCompile(`^proctree_scrape_collector_success\b`)

// scrape returns what /metrics shows, which has to parse.
func (h *damagedHost) scrape(tb testing.TB) readings {
	tb.Helper()
	h.goOn(tb)
	body := h.get(tb, "/metrics")
	if _, err := expfmtParser().TextToMetricFamilies(bytes.NewReader(body)); err != nil {
		tb.Fatalf("/metrics does not parse: %v", err)
	}
	s := make(readings)
	for line := range strings.Lines(string(body)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		at := strings.LastIndexByte(line, ' ')
		value, err := strconv.ParseFloat(strings.TrimSpace(line[at+1:]), 64)
		if err != nil {
			tb.Fatalf("%q: %v", line, err)
		}
		s[line[:at]] = value
	}
	return s
}

// whole are a schedstat and an uptime that no damage has touched; the group is what grows.
var whole = map[string]*regexp.Regexp{
	"schedstat": regexp.MustCompile(`^[0-9]+ [0-9]+ ([0-9]{1,9})\n$`),
	"uptime":    regexp.MustCompile(`^([0-9]{5,9})\.00 90000\.00\n$`),
}

// goOn lets a second pass in which all processes run: one that rests is not read again.
func (h *damagedHost) goOn(tb testing.TB) {
	tb.Helper()
	h.now++
	for _, file := range h.files {
		name := filepath.Base(file)
		if whole[name] == nil || !strings.HasPrefix(file, "proc/") {
			continue
		}
		path := filepath.Join(h.root, file)
		if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() || info.Mode().Perm()&0o200 == 0 {
			continue
		}
		content, err := os.ReadFile(path)
		if at := whole[name].FindSubmatchIndex(content); err == nil && at != nil {
			content = append(strconv.AppendUint(content[:at[2]:at[2]], h.now, 10), content[at[3]:]...)
			h.write(tb, file, content)
		}
	}
}

func expfmtParser() *expfmt.TextParser {
	p := expfmt.NewTextParser(model.UTF8Validation)
	return &p
}

// checkTree asks for the tree and the host as JSON.
func (h *damagedHost) checkTree(tb testing.TB) {
	tb.Helper()
	for _, path := range []string{"/api/v1/host", "/api/v1/processes"} {
		var answer map[string]any
		if err := json.Unmarshal(h.get(tb, path), &answer); err != nil {
			tb.Errorf("%s is no JSON: %v", path, err)
		}
	}
}

// errors is how much the exporter has counted as unreadable.
func (s readings) errors() (sum float64) {
	for series, value := range s {
		if counts.MatchString(series) {
			sum += value
		}
	}
	return sum
}

// differing returns the series of s that are missing in now or have another value.
func (s readings) differing(now readings) map[string]bool {
	d := make(map[string]bool)
	for series, value := range s {
		if counts.MatchString(series) || verdicts.MatchString(series) {
			continue
		}
		got, ok := now[series]
		if !ok || got != value && !volatile.MatchString(series) {
			d[series] = true
		}
	}
	return d
}

// step is by how much the numbers of a file are raised to see what comes of them. It grows,
// for counters that were raised once are held.
type step struct{ n uint64 }

func (s *step) next() uint64 {
	s.n += 7
	return s.n
}

var digits = regexp.MustCompile(`[0-9]+`)

// raised returns text with all numbers raised, as valid as before.
func raised(text []byte, by uint64) []byte {
	return digits.ReplaceAllFunc(text, func(number []byte) []byte {
		n, err := strconv.ParseUint(string(number), 10, 63)
		if err != nil || n > math.MaxInt64-by {
			return number
		}
		return strconv.AppendUint(nil, n+by, 10)
	})
}

// derived finds the series that are derived from a part of a file by construction: those that
// change when its numbers are others, just as valid, and those that change when it is not
// there. No parser has an odd line to cope with in this.
func (h *damagedHost) derived(tb testing.TB, file string, variants ...[]byte) map[string]bool {
	tb.Helper()
	content := h.read(tb, file)
	all := make(map[string]bool)
	for _, variant := range variants {
		h.write(tb, file, content)
		before := h.scrape(tb)
		h.write(tb, file, variant)
		maps.Copy(all, before.differing(h.scrape(tb)))
	}
	h.write(tb, file, content)
	return all
}

// identity are the files without which there is no process, so that all series of the process
// and all sums over processes are derived from them.
var identity = regexp.MustCompile(`^proc/([0-9]+)/stat$`)

// ofTable are series over all processes.
var ofTable = regexp.MustCompile(`^proctree_(processes|threads|scan_|events_|sockets_|group_|process_|system_processes|system_procs|forks|tasks)`)

// provenance are the series that may be lost when these lines of a file are damaged; all of
// them if lines is nil.
func (h *damagedHost) provenance(tb testing.TB, s *step, file string, lines []int) map[string]bool {
	tb.Helper()
	content := h.read(tb, file)
	all := splitFile(content)
	if lines == nil {
		// What is a text has no number, and one that is missing is another one than none.
		derived := h.derived(tb, file, raised(content, s.next()))
		if !numbered.MatchString(file) {
			maps.Copy(derived, h.derived(tb, file, nil, []byte("other\n")))
		}
		// Of sums, none of which may be in use, nothing tells but the file itself.
		if strings.HasPrefix(file, "sys/") || sums.MatchString(file) {
			before := h.scrape(tb)
			h.remove(tb, file)
			maps.Copy(derived, before.differing(h.scrape(tb)))
			h.write(tb, file, content)
		}
		return h.withIdentity(tb, file, derived)
	}
	derived := make(map[string]bool)
	for _, at := range lines {
		up := slices.Clone(all)
		up[at] = raised(all[at], s.next())
		byNumber := h.derived(tb, file, joinFile(up))
		maps.Copy(derived, byNumber)
		// What is lost without a line would be found with the parsers that are tried here, so
		// that counts only where numbers do not tell.
		if !numbered.MatchString(file) || len(byNumber) == 0 {
			maps.Copy(derived, h.derived(tb, file, joinFile(slices.Delete(slices.Clone(all), at, at+1))))
		}
	}
	return h.withIdentity(tb, file, derived)
}

// numbered are files of lines with a number each, from which all is derived.
var numbered = regexp.MustCompile(`^proc/([0-9]+/(status|io|schedstat)|stat|meminfo|vmstat|pressure/\w+)$`)

func (h *damagedHost) withIdentity(tb testing.TB, file string, derived map[string]bool) map[string]bool {
	tb.Helper()
	if identity.MatchString(file) {
		for series := range h.scrape(tb) {
			if ofTable.MatchString(series) {
				derived[series] = true
			}
		}
	}
	return derived
}

func splitFile(content []byte) [][]byte {
	return bytes.Split(bytes.TrimSuffix(content, []byte("\n")), []byte("\n"))
}

func joinFile(lines [][]byte) []byte { return append(bytes.Join(lines, []byte("\n")), '\n') }

// verdict compares a damaged host with the whole one, and lists what is wrong.
func verdict(file string, whole, damaged readings, derived map[string]bool, odd bool) (wrong []string) {
	for series := range whole.differing(damaged) {
		got, ok := damaged[series]
		switch {
		case !derived[series] && !ok:
			wrong = append(wrong, series+" is gone, and is not derived from what was damaged")
		case !derived[series]:
			wrong = append(wrong, fmt.Sprintf("%s is %v and was %v, and is not derived from what was damaged", series, got, whole[series]))
		case ok && got < 0 && whole[series] >= 0 && !signed.MatchString(series):
			wrong = append(wrong, fmt.Sprintf("%s is %v", series, got))
		case ok && got == 0 && odd && !identity.MatchString(file): // A group without process has none of anything.
			wrong = append(wrong, fmt.Sprintf("%s is 0 and was %v: what is unknown is absent", series, whole[series]))
		}
	}
	slices.Sort(wrong)
	return wrong
}

// altered lists the series that have another value, though what is damaged has none.
func altered(file string, whole, damaged readings) (wrong []string) {
	for series := range whole.differing(damaged) {
		got, ok := damaged[series]
		// With a process less the sums are others.
		if sum := identity.MatchString(file) && ofTable.MatchString(series) || ofSums.MatchString(series); ok && !sum {
			wrong = append(wrong, fmt.Sprintf("%s is %v and was %v, although nothing tells", series, got, whole[series]))
		}
	}
	slices.Sort(wrong)
	return wrong
}

// appeared lists the series that the whole host does not have.
func appeared(whole, damaged readings) (wrong []string) {
	for series := range damaged {
		if _, ok := whole[series]; !ok && !counts.MatchString(series) && !verdicts.MatchString(series) && !volatile.MatchString(series) {
			wrong = append(wrong, series+" is new, and the host has no such thing")
		}
	}
	slices.Sort(wrong)
	return wrong
}

// texts are series with texts as labels: any text will do for them, and an odd one makes
// another series.
var texts = regexp.MustCompile(`^proctree_\w+_(info|label|names|governor|mtime_seconds)\b`)

// lost is how many series with numbers of the host are gone.
func lost(whole, damaged readings) (n int) {
	for series := range whole {
		if _, ok := damaged[series]; !ok && !counts.MatchString(series) && !texts.MatchString(series) {
			n++
		}
	}
	return n
}
