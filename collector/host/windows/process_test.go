package windows

import (
	"encoding/binary"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// base is where the buffers of these tests pretend to be.
const base = 0x7ff0_0000_1000

// fakeThread is state and wait reason of a thread.
type fakeThread struct{ state, reason uint32 }

// fakeProcess is an entry to be written.
type fakeProcess struct {
	Process
	image   string
	threads []fakeThread
}

// table writes a buffer as the kernel does: an entry, its threads, its name.
func tableOf(processes ...fakeProcess) []byte {
	var buf []byte
	for i, p := range processes {
		name := utf16.Encode([]rune(p.image))
		entry := make([]byte, entrySize+threadSize*len(p.threads), entrySize+threadSize*len(p.threads)+2*len(name)+8)
		put32 := func(at int, v uint32) { binary.LittleEndian.PutUint32(entry[at:], v) }
		put64 := func(at int, v uint64) { binary.LittleEndian.PutUint64(entry[at:], v) }
		put32(offThreads, uint32(len(p.threads)))
		put32(offHardFaults, p.HardFaults)
		put64(offCreateTime, p.CreateTime)
		put64(offUserTime, uint64(p.UserTime/100))
		put64(offKernelTime, uint64(p.KernelTime/100))
		put64(offPID, p.PID)
		put64(offParentPID, p.ParentPID)
		put32(offHandles, p.Handles)
		put32(offPageFaults, p.PageFaults)
		put64(offWorkingSet, p.WorkingSetBytes)
		put64(offPagefile, p.CommitBytes)
		put64(offReadBytes, p.ReadBytes)
		put64(offWriteBytes, p.WrittenBytes)
		put64(offPrivateSet, 5)
		put64(offOperations+8, 6)
		for t, thread := range p.threads {
			put32(entrySize+t*threadSize+offThreadState, thread.state)
			put32(entrySize+t*threadSize+offWaitReason, thread.reason)
			put64(entrySize+t*threadSize+offThreadID, uint64(100+t))
			put64(entrySize+t*threadSize+offThreadUserTime, 1e7)
		}
		if len(name) > 0 {
			binary.LittleEndian.PutUint16(entry[offNameLength:], uint16(2*len(name)))
			put64(offNamePointer, base+uint64(len(buf)+len(entry)))
		}
		for _, unit := range name {
			entry = binary.LittleEndian.AppendUint16(entry, unit)
		}
		for len(entry)%8 != 0 {
			entry = append(entry, 0)
		}
		if i < len(processes)-1 {
			binary.LittleEndian.PutUint32(entry[offNext:], uint32(len(entry)))
		}
		buf = append(buf, entry...)
	}
	return buf
}

var (
	running   = fakeThread{state: threadRunning}
	waiting   = fakeThread{state: threadWaiting}
	suspended = fakeThread{state: threadWaiting, reason: waitSuspended}
)

// small is the idle process, one with every value, and one with a name beyond UCS-2.
func small() []byte {
	return tableOf(
		fakeProcess{threads: []fakeThread{running, running}, Process: Process{KernelTime: time.Hour}},
		fakeProcess{image: "explorer.exe", threads: []fakeThread{waiting, running}, Process: Process{
			PID: 4321, ParentPID: 600, CreateTime: 133_000_000_000_000_000,
			UserTime: 1500 * time.Millisecond, KernelTime: 2 * time.Second, Handles: 77,
			PageFaults: math.MaxUint32, HardFaults: 12,
			WorkingSetBytes: 64 << 20, CommitBytes: 48 << 20, ReadBytes: 1 << 40, WrittenBytes: 3,
		}},
		fakeProcess{image: "ü𝄞.exe", threads: []fakeThread{suspended}, Process: Process{PID: 8, ParentPID: 4321}},
	)
}

func TestParse(t *testing.T) {
	got, err := Parse(nil, small(), base)
	if err != nil {
		t.Fatal(err)
	}
	want := []Process{
		{Threads: 2, KernelTime: time.Hour, State: StateRunning},
		{
			PID: 4321, ParentPID: 600, CreateTime: 133_000_000_000_000_000,
			UserTime: 1500 * time.Millisecond, KernelTime: 2 * time.Second, Threads: 2, Handles: 77,
			PageFaults: math.MaxUint32, HardFaults: 12, State: StateRunning,
			WorkingSetBytes: 64 << 20, CommitBytes: 48 << 20, ReadBytes: 1 << 40, WrittenBytes: 3,
		},
		{PID: 8, ParentPID: 4321, Threads: 1, State: StateSuspended},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Process{}), cmpopts.IgnoreFields(Process{}, "Known")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for i, name := range []string{"", "explorer.exe", "ü𝄞.exe"} {
		if got[i].Name() != name {
			t.Errorf("name %q, want %q", got[i].Name(), name)
		}
	}
}

func TestDetail(t *testing.T) {
	processes, err := Parse(nil, small(), base)
	if err != nil {
		t.Fatal(err)
	}
	p := &processes[1]
	want := []Thread{
		{ID: 100, State: StateWaiting, UserTime: time.Second},
		{ID: 101, State: StateRunning, UserTime: time.Second},
	}
	if diff := cmp.Diff(want, p.ThreadList()); diff != "" {
		t.Errorf("threads (-want +got):\n%s", diff)
	}
	if m := p.Memory(); m["resident"] != 64<<20 || m["resident_private"] != 5 || m["committed"] != 48<<20 {
		t.Errorf("memory %v", m)
	}
	if io := p.IO(); io["ReadTransferCount"] != 1<<40 || io["WriteTransferCount"] != 3 || io["WriteOperationCount"] != 6 {
		t.Errorf("I/O %v", io)
	}
}

func TestParseBadTables(t *testing.T) {
	set := func(buf []byte, at int, v uint32) []byte {
		binary.LittleEndian.PutUint32(buf[at:], v)
		return buf
	}
	for _, tt := range []struct {
		name string
		buf  []byte
		want string
	}{
		{"empty", nil, "process table: entry at 0: truncated"},
		{"short", make([]byte, entrySize-1), "process table: entry at 0: truncated"},
		{"next is itself", set(small(), offNext, 8), "process table: entry at 0: next entry after 8 bytes"},
		{"next is far away", set(small(), offNext, math.MaxUint32), "process table: entry at 0: next entry after 4294967295 bytes"},
		{"next is the end", set(make([]byte, entrySize), offNext, entrySize), "process table: entry at 256: truncated"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Parse(nil, tt.buf, base); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %s", err, tt.want)
			}
		})
	}
}

// TestParseOddNames: a name outside of the buffer costs itself.
func TestParseOddNames(t *testing.T) {
	for name, at := range map[string]uint64{"before the buffer": 1, "across the end": base + entrySize - 2} {
		buf := make([]byte, entrySize)
		binary.LittleEndian.PutUint16(buf[offNameLength:], 4)
		binary.LittleEndian.PutUint64(buf[offNamePointer:], at)
		got, err := Parse(nil, buf, base)
		if err != nil || len(got) != 1 || got[0].Name() != "" || got[0].Odd != 1 {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestStates(t *testing.T) {
	for _, tt := range []struct {
		name    string
		threads []fakeThread
		want    State
	}{
		{"none", nil, StateEnded},
		{"all wait", []fakeThread{waiting, waiting}, StateWaiting},
		{"one is ready", []fakeThread{waiting, {state: threadReady}}, StateRunning},
		{"one is suspended", []fakeThread{waiting, suspended}, StateWaiting},
		{"all are suspended", []fakeThread{suspended, suspended}, StateSuspended},
		{"nobody tells", []fakeThread{{}, {}}, StateUnknown},
	} {
		got, err := Parse(nil, tableOf(fakeProcess{threads: tt.threads}), base)
		if err != nil || got[0].State != tt.want {
			t.Errorf("%s: state %d, error %v, want %d", tt.name, got[0].State, err, tt.want)
		}
	}
	cut := tableOf(fakeProcess{threads: []fakeThread{suspended, suspended}})
	if got, err := Parse(nil, cut[:entrySize+threadSize+5], base); err != nil || got[0].State != StateWaiting {
		t.Errorf("with a thread that is not there: %+v, %v", got, err)
	}
}

func TestCheckParents(t *testing.T) {
	processes := []Process{
		{PID: 4, CreateTime: 0},
		{PID: 10, ParentPID: 4, CreateTime: 100},
		{PID: 11, ParentPID: 10, CreateTime: 100}, // at the same time
		{PID: 12, ParentPID: 10, CreateTime: 99},  // before what has its parent's number now
		{PID: 13, ParentPID: 999, CreateTime: 50}, // the parent has gone
		{PID: 14, ParentPID: 14, CreateTime: 50},
	}
	checkParents(processes)
	var got []uint64
	for _, p := range processes {
		got = append(got, p.ParentPID)
	}
	if diff := cmp.Diff([]uint64{0, 4, 10, 0, 999, 0}, got); diff != "" {
		t.Errorf("parents (-want +got):\n%s", diff)
	}
}

// BenchmarkParse shows that the cost of a process does not grow with their number.
func BenchmarkParse(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		processes := make([]fakeProcess, n)
		for i := range processes {
			processes[i] = fakeProcess{image: "svchost.exe", threads: make([]fakeThread, 10), Process: Process{PID: uint64(i)}}
		}
		buf := tableOf(processes...)
		b.Run(map[int]string{1000: "1000", 10_000: "10000"}[n], func(b *testing.B) {
			var into []Process
			for b.Loop() {
				into, _ = Parse(into[:0], buf, base)
				checkParents(into)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/process")
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add(small(), uint64(base))
	f.Add(make([]byte, entrySize), uint64(0))
	f.Fuzz(func(t *testing.T, buf []byte, at uint64) {
		processes, err := Parse(nil, buf, at)
		if err == nil && len(processes) == 0 {
			t.Error("no process and no error")
		}
		if len(processes) > len(buf)/entrySize {
			t.Errorf("%d processes in %d bytes", len(processes), len(buf))
		}
		for i := range processes {
			p := &processes[i]
			if len(p.Name()) > 2*len(buf) || len(p.ThreadList()) > len(buf)/threadSize || len(p.Memory()) != len(p.IO()) {
				t.Error("more than the buffer holds")
			}
		}
		checkParents(processes)
	})
}
