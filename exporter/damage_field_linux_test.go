package main

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// How many fields of a file are damaged: of a line that many values are made of, and of others.
const (
	coreFields  = 24
	otherFields = 3
)

// coreOfFields are files of which a line has many values.
var coreOfFields = regexp.MustCompile(`^proc/(101/(stat|status|io)|sys/fs/file-nr|loadavg|net/dev|diskstats|stat)$|/cpu\.stat$`)

// remembered are files of which the exporter remembers that it has known a value.
var remembered = regexp.MustCompile(`^proc/101/|/cpu\.stat$`)

// TestFieldsCostThemselves makes one number after the other negative: what is lost of the metrics
// is what changes when only this number is another one, just as valid. So it is for an exporter
// that starts on the damaged host.
func TestFieldsCostThemselves(t *testing.T) {
	h := newDamagedHost(t, damageDeadline)
	fresh := h.fromStart(t)
	seen := make(map[string]bool)
	for _, file := range h.files {
		kind := digits.ReplaceAllString(file, "N")
		core := coreOfFields.MatchString(file)
		if strings.HasPrefix(file, "textfiles/") || names.MatchString(file) || labels.MatchString(file) || seen[kind] && !core {
			continue
		}
		seen[kind] = true
		content := h.read(t, file)
		fields := numberFields(content)
		most := otherFields
		if core {
			most = coreFields
		}
		for n := range min(most, len(fields)) {
			h.damageField(t, file, content, fields[n*len(fields)/min(most, len(fields))], fresh)
		}
	}
}

// statStart is the field of a process' stat with its start (proc_pid_stat(5)).
const statStart = 22

// numberFields are the places of the numbers of a file that are fields of their own.
func numberFields(content []byte) (places [][2]int) {
	for _, at := range regexp.MustCompile(`\S+`).FindAllIndex(content, -1) {
		if len(digits.Find(content[at[0]:at[1]])) == at[1]-at[0] {
			places = append(places, [2]int{at[0], at[1]})
		}
	}
	return places
}

// fromStart is what an exporter shows that has just started.
func (h *damagedHost) fromStart(t *testing.T) readings {
	t.Helper()
	other := *h
	other.handler = h.start(t, damageDeadline)
	other.scrape(t)
	return other.scrape(t)
}

func (h *damagedHost) damageField(t *testing.T, file string, content []byte, at [2]int, fresh readings) {
	t.Helper()
	with := func(field []byte) []byte { return slices.Concat(content[:at[0]], field, content[at[1]:]) }
	field := content[at[0]:at[1]]
	if identity.MatchString(file) && bytes.Count(content[:at[0]], []byte(" ")) == statStart-1 {
		return // With the start of a process all of it is lost.
	}
	n, err := strconv.ParseUint(string(field), 10, 63)
	by := h.step.next()
	if err != nil || n > math.MaxInt64-by {
		return
	}
	before := h.scrape(t)
	h.write(t, file, with(strconv.AppendUint(nil, n+by, 10)))
	derived := before.differing(h.scrape(t))
	if strings.HasSuffix(file, "/limits") { // It is seldom read again.
		derived = fresh.differing(h.fromStart(t))
	}
	h.write(t, file, content)
	h.scrape(t)
	before = h.scrape(t)
	h.write(t, file, with([]byte("-5")))
	damaged := h.scrape(t)
	missing := make(map[string]bool)
	if remembered.MatchString(file) {
		started := h.fromStart(t)
		for series := range fresh {
			if _, ok := started[series]; !ok {
				missing[series] = true
			}
		}
	}
	h.write(t, file, content)
	line := content[bytes.LastIndexByte(content[:at[0]], '\n')+1:]
	where := fmt.Sprintf("%s, %.40q, %s: ", file, line, field)
	maps.Copy(missing, before.differing(damaged))
	for series := range missing {
		if !derived[series] && !counts.MatchString(series) && !verdicts.MatchString(series) && !texts.MatchString(series) {
			t.Errorf("%s%s was lost, and is not derived from it", where, series)
		}
	}
}

// TestCommandLineHangs: a command line that cannot be read costs nothing else of its process.
func TestCommandLineHangs(t *testing.T) {
	h := writeDamagedHost(t)
	undo := fifo(t, h.root+"/proc/101/cmdline", nil)
	defer undo()
	h.handler = h.start(t, 50*time.Millisecond)
	got := h.scrape(t)
	for _, series := range []string{
		`proctree_group_worst_fd_ratio{group="alpha"}`, `proctree_group_cpu_cfs_periods_total{group="beta"}`, `proctree_group_open_fds{group="alpha"}`,
		`proctree_process_info{container="",container_name="",exe="",group="alpha",name="alpha",namespace="",pid="101",pod="",ppid="1",unit="ssh.service",user="ann"}`,
	} {
		if _, ok := got[series]; !ok {
			t.Errorf("%s is not there", series)
		}
	}
	if got[`proctree_scan_errors_total{reason="deadline"}`] == 0 {
		t.Error("no error is counted")
	}
}
