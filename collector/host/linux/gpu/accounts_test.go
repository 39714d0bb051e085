package gpu_test

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"proctree/collector/host/hosttest"
	"proctree/collector/host/linux/gpu"
	"proctree/collector/process"
)

// held is a client of device 0 whose engine gfx was busy for so many seconds.
func held(pid int, client uint64, descriptors int, isNew bool, busy float64) gpu.Holder {
	return gpu.Holder{
		Process: process.ID{PID: pid, StartTicks: uint64(pid)}, Descriptors: descriptors, New: isNew,
		Client: gpu.Client{
			Driver: "amdgpu", Device: "0", ID: client, HasID: true,
			Engines: []gpu.Engine{{Name: "gfx", Busy: uint64(busy * 1e9), HasBusy: true}},
			Regions: []gpu.Region{{Name: "vram", Bytes: 100}},
		},
	}
}

// written writes what a table knows of GPUs: "PID: seconds (of them before), bytes" for each process.
func written(s *process.Snapshot) []string {
	var list []string
	for _, u := range s.GPUs.Uses {
		p := s.ByID(u.ID)
		before, bytes := time.Duration(0), uint64(0)
		for _, e := range u.Engines {
			before += e.Before
		}
		for _, m := range u.Memory {
			bytes += m.Bytes
		}
		if bytes != p.GPUMemoryBytes || (bytes > 0) != p.Known.Has(process.HasGPUMemory) {
			list = append(list, fmt.Sprintf("%d has %d bytes", p.PID, p.GPUMemoryBytes))
		}
		list = append(list, fmt.Sprintf("%d: %g (%g), %d", p.PID, p.GPUTime.Seconds(), before.Seconds(), bytes))
	}
	return list
}

func TestAccounts(t *testing.T) {
	for name, scans := range map[string][]struct {
		holders []gpu.Holder
		want    []string
	}{
		"what was used before the exporter looked is in the process and not in counters": {
			{[]gpu.Holder{held(1, 7, 1, false, 10), held(2, 8, 1, true, 3)}, []string{"1: 10 (10), 100", "2: 3 (0), 100"}},
			{[]gpu.Holder{held(1, 7, 1, false, 12), held(2, 8, 1, true, 3)}, []string{"1: 12 (10), 100", "2: 3 (0), 100"}},
		},
		"a value that falls for a while counts nothing twice": {
			{[]gpu.Holder{held(1, 7, 1, true, 10)}, []string{"1: 10 (0), 100"}},
			{[]gpu.Holder{held(1, 7, 1, true, 4)}, []string{"1: 10 (0), 100"}},
			{[]gpu.Holder{held(1, 7, 1, true, 11)}, []string{"1: 11 (0), 100"}},
		},
		"a shared client counts once: the oldest has it": {
			{[]gpu.Holder{held(2, 7, 1, true, 10), held(1, 7, 1, true, 10), held(3, 7, 1, true, 10)}, []string{"1: 10 (0), 100"}},
		},
		"a shared client counts once: who works with it has more descriptors of it": {
			{[]gpu.Holder{held(1, 7, 1, true, 10), held(2, 7, 2, true, 10)}, []string{"2: 10 (0), 100"}},
		},
		"a client that another process takes over goes on there": {
			{[]gpu.Holder{held(1, 7, 1, true, 10)}, []string{"1: 10 (0), 100"}},
			{[]gpu.Holder{held(2, 7, 1, false, 15)}, []string{"1: 10 (0), 0", "2: 5 (0), 100"}},
		},
		"one that is closed leaves what it used": {
			{[]gpu.Holder{held(1, 7, 1, true, 10)}, []string{"1: 10 (0), 100"}},
			{nil, []string{"1: 10 (0), 0"}},
			{[]gpu.Holder{held(1, 9, 1, true, 1)}, []string{"1: 11 (0), 100"}},
		},
		"one that a scan could not read goes on where it was": {
			{[]gpu.Holder{held(1, 7, 1, true, 10)}, []string{"1: 10 (0), 100"}},
			{nil, []string{"1: 10 (0), 0"}},
			{[]gpu.Holder{held(1, 7, 1, true, 12)}, []string{"1: 12 (0), 100"}},
		},
		"two clients of one process": {
			{[]gpu.Holder{held(1, 7, 1, true, 10), held(1, 8, 1, true, 5)}, []string{"1: 15 (0), 200"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var accounts gpu.Accounts
			var previous []*process.Process
			for i, scan := range scans {
				s := hosttest.Snapshot(time.Hour+time.Duration(i)*time.Second, hosttest.Process(1, 0, "a"), hosttest.Process(2, 1, "b"), hosttest.Process(3, 1, "c"))
				accounts.Add(s.Taken, scan.holders)
				accounts.Apply(s, previous, uint64(i+1))
				previous = s.Processes
				if diff := cmp.Diff(scan.want, written(s)); diff != "" {
					t.Errorf("scan %d (-want +got):\n%s", i, diff)
				}
			}
		})
	}
}

func TestClientsWithoutANumberAreThoseOfTheirProcess(t *testing.T) {
	a, b := held(1, 0, 1, true, 1), held(2, 0, 1, true, 2)
	a.Client.HasID, b.Client.HasID = false, false
	var accounts gpu.Accounts
	s := hosttest.Snapshot(time.Hour, hosttest.Process(1, 0, "a"), hosttest.Process(2, 1, "b"))
	accounts.Add(s.Taken, []gpu.Holder{a, b})
	accounts.Apply(s, nil, 1)
	if diff := cmp.Diff([]string{"1: 1 (0), 100", "2: 2 (0), 100"}, written(s)); diff != "" {
		t.Error(diff)
	}
}

// TestBusiestEngine: the time of a process is that of the busiest engine of each GPU, so that its rate
// is a ratio, also with identical engines and with drivers that count cycles.
func TestBusiestEngine(t *testing.T) {
	engines := func(device string, list ...gpu.Engine) gpu.Holder {
		return gpu.Holder{Process: process.ID{PID: 1, StartTicks: 1}, New: true, Descriptors: 1, Client: gpu.Client{Driver: "d", Device: device, ID: 1, HasID: true, Engines: list}}
	}
	busy := func(name string, seconds float64) gpu.Engine {
		return gpu.Engine{Name: name, Busy: uint64(seconds * 1e9), HasBusy: true}
	}
	for _, test := range []struct {
		name         string
		before, then []gpu.Holder
		want         float64
	}{
		{"the busiest of one", []gpu.Holder{engines("0", busy("gfx", 1), busy("dec", 5))}, []gpu.Holder{engines("0", busy("gfx", 4), busy("dec", 6))}, 3},
		{"added over GPUs", []gpu.Holder{engines("0", busy("gfx", 1)), engines("1", busy("gfx", 1))}, []gpu.Holder{engines("0", busy("gfx", 2)), engines("1", busy("gfx", 4))}, 4},
		{
			"identical engines",
			[]gpu.Holder{engines("0", gpu.Engine{Name: "video", Busy: 0, HasBusy: true, Capacity: 2})},
			[]gpu.Holder{engines("0", gpu.Engine{Name: "video", Busy: 8e9, HasBusy: true, Capacity: 2})},
			4,
		},
		{
			"a share of all cycles",
			[]gpu.Holder{engines("0", gpu.Engine{Name: "rcs", Cycles: 100, HasCycles: true, TotalCycles: 1000})},
			[]gpu.Holder{engines("0", gpu.Engine{Name: "rcs", Cycles: 600, HasCycles: true, TotalCycles: 2000})},
			5,
		},
		{
			"cycles and a frequency",
			[]gpu.Holder{engines("0", gpu.Engine{Name: "gpu", Cycles: 100, HasCycles: true, MaxHz: 1000})},
			[]gpu.Holder{engines("0", gpu.Engine{Name: "gpu", Cycles: 2100, HasCycles: true, MaxHz: 1000})},
			2,
		},
	} {
		var accounts gpu.Accounts
		var got [2]time.Duration
		for i, holders := range [][]gpu.Holder{test.before, test.then} {
			s := hosttest.Snapshot(time.Hour+time.Duration(i)*10*time.Second, hosttest.Process(1, 0, "a"))
			accounts.Add(s.Taken, holders)
			accounts.Apply(s, nil, uint64(i+1))
			got[i] = s.Processes[0].GPUTime
		}
		if grown := (got[1] - got[0]).Seconds(); grown != test.want {
			t.Errorf("%s: grew by %v s, want %v", test.name, grown, test.want)
		}
	}
}

// TestNamesAreBounded: what is beyond the bound is in one series, and not lost.
func TestNamesAreBounded(t *testing.T) {
	var accounts gpu.Accounts
	var holders []gpu.Holder
	for i := range 200 {
		h := held(1, 1, 1, true, 1)
		h.Client.Device = strconv.Itoa(i)
		holders = append(holders, h)
	}
	s := hosttest.Snapshot(time.Hour, hosttest.Process(1, 0, "a"))
	accounts.Add(s.Taken, holders)
	accounts.Apply(s, nil, 1)
	use := s.GPUs.Uses[0]
	total := time.Duration(0)
	for _, e := range use.Engines {
		total += e.Time
	}
	if len(use.Engines) != 65 || total != 200*time.Second || s.Processes[0].GPUMemoryBytes != 20_000 {
		t.Errorf("%d engines, %v, %d bytes", len(use.Engines), total, s.Processes[0].GPUMemoryBytes)
	}
}

// TestUnchangedProcessesStayShared: a snapshot that shares its processes with the one before is not
// written to, and a process that does nothing keeps its Since.
func TestUnchangedProcessesStayShared(t *testing.T) {
	var accounts gpu.Accounts
	shared := process.Pointers([]process.Process{{ID: process.ID{PID: 1, StartTicks: 1}, Since: 1, Facts: process.NoFacts}})
	var previous []*process.Process
	for serial, busy := range []float64{1: 5, 2: 5, 3: 6} {
		if serial == 0 {
			continue
		}
		s := &process.Snapshot{Processes: append([]*process.Process(nil), shared...), Taken: hosttest.Epoch.Add(time.Duration(serial) * time.Second)}
		accounts.Add(s.Taken, []gpu.Holder{held(1, 7, 1, true, busy)})
		accounts.Apply(s, previous, uint64(serial))
		if want := map[int]uint64{1: 1, 2: 1, 3: 3}[serial]; s.Processes[0].Since != want {
			t.Errorf("scan %d: unchanged since %d, want %d", serial, s.Processes[0].Since, want)
		}
		previous = s.Processes
	}
	if shared[0].Known != 0 || shared[0].GPUTime != 0 {
		t.Errorf("a shared process was written to: %+v", shared[0])
	}
}
