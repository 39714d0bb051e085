package bsd

import (
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"proctree/collector/process"

	"github.com/google/go-cmp/cmp"
)

func TestParseArguments(t *testing.T) {
	count := func(n int32, rest string) []byte {
		return append(binary.LittleEndian.AppendUint32(nil, uint32(n)), rest...)
	}
	for _, tt := range []struct {
		name    string
		buf     []byte
		exe     string
		args    []string
		wantErr bool
	}{
		{"usual", count(3, "/bin/ls\x00\x00\x00\x00ls\x00-l\x00/tmp\x00HOME=/root\x00TOKEN=secret\x00"), "/bin/ls", []string{"ls", "-l", "/tmp"}, false},
		{"an empty argument in the middle", count(3, "/x\x00x\x00\x00y\x00PATH=/\x00"), "/x", []string{"x", "", "y"}, false},
		{"no arguments", count(0, "/x\x00\x00HOME=/\x00"), "/x", nil, false},
		{"negative", count(-1, "/x\x00\x00HOME=/\x00"), "/x", nil, false},
		{"more than there are", count(math.MaxInt32, "/x\x00x\x00"), "/x", []string{"x"}, true},
		{"no end", count(1, "/x\x00x"), "/x", nil, true},
		{"no path", count(1, "/x"), "", nil, true},
		{"short", []byte{1, 0}, "", nil, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			exe, args, err := parseArguments(tt.buf)
			if exe != tt.exe || (err != nil) != tt.wantErr {
				t.Errorf("path %q, error %v", exe, err)
			}
			if diff := cmp.Diff(tt.args, args); diff != "" {
				t.Errorf("arguments (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseList(t *testing.T) {
	for text, want := range map[string][]string{
		"":                   {},
		"a\x00b c\x00":       {"a", "b c"},
		"a\x00\x00b\x00":     {"a", "", "b"},
		"no end":             {"no end"},
		"postgres: idle\x00": {"postgres: idle"},
	} {
		if diff := cmp.Diff(want, append([]string{}, parseList([]byte(text))...)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestParseTask(t *testing.T) {
	buf := make([]byte, taskSize)
	for i, v := range []uint64{5 << 30, 6 << 20, 700, 800} {
		binary.LittleEndian.PutUint64(buf[8*i:], v)
	}
	for i, v := range []uint32{1, 52, 53, 54, 55, 56, 57, 58, 59, 12, 3} { // from policy on
		binary.LittleEndian.PutUint32(buf[48+4*i:], v)
	}
	got, err := parseTask(buf)
	want := Task{
		VirtualBytes: 5 << 30, ResidentBytes: 6 << 20, UserTime: 700, SystemTime: 800,
		Faults: 52, Pageins: 53, ContextSwitches: 59, Threads: 12, Running: 3,
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if _, err := parseTask(buf[1:]); !errors.Is(err, errTruncated) {
		t.Errorf("error %v", err)
	}
}

func TestParseUsage(t *testing.T) {
	buf := make([]byte, usageSize)
	binary.LittleEndian.PutUint64(buf[144:], 4096)
	binary.LittleEndian.PutUint64(buf[152:], 8192)
	if got, err := parseUsage(buf); err != nil || got != (Usage{4096, 8192}) {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := parseUsage(buf[:100]); !errors.Is(err, errTruncated) {
		t.Errorf("error %v", err)
	}
}

func TestTickTime(t *testing.T) {
	for _, tt := range []struct {
		ticks, perSecond uint64
		want             time.Duration
	}{
		{24_000_000, 24_000_000, time.Second},
		{1, 24_000_000, 41},
		{1_500_000_000, 1_000_000_000, 1500 * time.Millisecond},
		{24_000_000 * 86400 * 365 * 10, 24_000_000, 10 * 365 * 24 * time.Hour},
		{math.MaxUint64, 1, math.MaxInt64},
		{math.MaxUint64, 1_000_000_000, math.MaxInt64},
		{1, 0, 0},
	} {
		if got := tickTime(tt.ticks, tt.perSecond); got != tt.want {
			t.Errorf("%d ticks at %d: %v, want %v", tt.ticks, tt.perSecond, got, tt.want)
		}
	}
}

// kinfo writes struct kinfo_proc.
func kinfo(p Process) []byte {
	k := make([]byte, kinfoSize)
	put32 := func(at int, v uint32) { binary.LittleEndian.PutUint32(k[at:], v) }
	put64 := func(at int, v uint64) { binary.LittleEndian.PutUint64(k[at:], v) }
	putTime := func(at int, d time.Duration) {
		put64(at, uint64(d/time.Second))
		put64(at+8, uint64(d%time.Second/time.Microsecond))
	}
	put32(0, kinfoSize)
	put32(72, uint32(p.PID))
	put32(76, uint32(p.ParentPID))
	put32(168, p.UID)
	put64(256, p.VirtualBytes)
	put64(264, p.ResidentPages)
	put64(336, p.Start/1_000_000)
	put64(344, p.Start%1_000_000)
	if p.Kernel {
		put64(368, 0x10000004)
	}
	k[388], k[389] = byte(p.State), byte(p.Nice)
	copy(k[447:467], p.Name)
	put32(596, uint32(p.Threads))
	putTime(608, p.UserTime)
	putTime(624, p.SystemTime)
	put64(672, p.MinorFaults)
	put64(680, p.MajorFaults)
	put64(736, p.VoluntarySwitches)
	put64(744, p.InvoluntarySwitches)
	putTime(752, p.ChildUserTime)
	putTime(768, p.ChildSystemTime)
	return k
}

func TestParseProcesses(t *testing.T) {
	want := []Process{
		{PID: 0, Name: "kernel", Kernel: true, State: StateSleeping, Threads: 40, Known: allKnown},
		{
			Known: allKnown,
			PID:   99999, ParentPID: 1, UID: 1001, Name: "nineteen-characters", State: StateRunning, Nice: -20, Threads: 7,
			Start: 1_700_000_000_123_456, VirtualBytes: 1 << 34, ResidentPages: 4321,
			UserTime: 90*time.Minute + 5*time.Microsecond, SystemTime: time.Second, ChildUserTime: 2 * time.Second,
			ChildSystemTime: 3 * time.Second, MinorFaults: 4, MajorFaults: 5, VoluntarySwitches: 6, InvoluntarySwitches: 7,
		},
	}
	buf := append(kinfo(want[0]), kinfo(want[1])...)
	got, lost, err := parseProcesses(buf)
	if diff := cmp.Diff(want, got); err != nil || lost != 0 || diff != "" {
		t.Errorf("%v, lost %d (-want +got):\n%s", err, lost, diff)
	}
	if got, lost, err = parseProcesses(buf[:len(buf)-1]); len(got) != 1 || lost != 1 || err != nil {
		t.Errorf("%d processes, lost %d, error %v", len(got), lost, err)
	}
	if got, _, err = parseProcesses(buf[:kinfoSize-1]); len(got) != 0 || !errors.Is(err, errTruncated) {
		t.Errorf("%d processes, error %v", len(got), err)
	}
	binary.LittleEndian.PutUint32(buf[kinfoSize:], 1096)
	if got, lost, err = parseProcesses(buf); len(got) != 1 || lost != 1 || err != nil {
		t.Errorf("%d processes, lost %d, error %v", len(got), lost, err)
	}
	if got, _, err = parseProcesses(buf[kinfoSize:]); len(got) != 0 || err == nil || !strings.Contains(err.Error(), "has 1096 bytes, not 1088") {
		t.Errorf("%d processes, error %v", len(got), err)
	}
}

// allKnown are the values that an entry has.
const allKnown = process.HasCPU | process.HasChildCPU | process.HasMemory | process.HasFaults | process.HasSwitches |
	process.HasThreads | process.HasNice | process.HasUID

func FuzzParse(f *testing.F) {
	f.Add(kinfo(Process{PID: 1, Name: "init"}))
	f.Add([]byte("\x02\x00\x00\x00/bin/ls\x00\x00ls\x00-l\x00HOME=/\x00"))
	f.Fuzz(func(t *testing.T, buf []byte) {
		if exe, args, _ := parseArguments(buf); len(exe) > len(buf) || len(args) > len(buf) {
			t.Error("more arguments than bytes")
		}
		if len(parseList(buf)) > len(buf) {
			t.Error("a longer list than the buffer")
		}
		processes, lost, _ := parseProcesses(buf)
		if lost == 0 && len(processes) != len(buf)/kinfoSize {
			t.Errorf("%d processes in %d bytes", len(processes), len(buf))
		}
		if _, err := parseTask(buf); (err == nil) != (len(buf) >= taskSize) {
			t.Errorf("error %v of %d bytes", err, len(buf))
		}
		if _, err := parseUsage(buf); (err == nil) != (len(buf) >= usageSize) {
			t.Errorf("error %v of %d bytes", err, len(buf))
		}
	})
}
