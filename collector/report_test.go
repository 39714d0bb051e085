package collector

import (
	"fmt"
	"strings"
	"time"

	"proctree/collector/group"
	"proctree/collector/group/rules"
	"proctree/collector/process"
)

const allFields = process.HasCPU | process.HasMemory | process.HasSwap | process.HasIO | process.HasOpenFDs |
	process.HasFaults | process.HasSwitches | process.HasThreads | process.HasProportional | process.HasCPUWait | process.HasGPU | process.HasDelays | process.HasNetwork

// boot is the wall-clock time of tick 0 in all reports made here.
var boot = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// smallReport has a group that knows everything, one that knows little, one that is
// configured and empty, and names as hostile as a process can give itself.
func smallReport() *group.Report {
	web := &process.Process{
		ID: process.ID{PID: 100, StartTicks: 150_025}, PPID: 1, Name: "web", State: process.Running,
		Known: allFields, Threads: 4,
		UserTime: 90 * time.Second, SystemTime: 1500 * time.Millisecond, CPUWait: 45 * time.Second,
		Delays:        process.Delays{BlockIO: 4 * time.Second, SwapIn: 3 * time.Second, Reclaim: 2 * time.Second, Thrashing: time.Second},
		ResidentBytes: 8 << 20, OpenFDs: 12, ReadBytes: 4096, WrittenBytes: 1 << 20,
		GPUTime: 3 * time.Second, GPUMemoryBytes: 3 << 20,
		Network: &process.Network{
			TCP: process.Traffic{ReceivedBytes: 5000, ReceivedOperations: 50, TransmittedBytes: 6000, TransmittedOperations: 60},
			UDP: process.Traffic{ReceivedBytes: 70, ReceivedOperations: 7},
		},
		Facts: &process.Facts{
			Exe: "/usr/bin/web", Cmdline: []string{"web", "--port", "80"}, User: "www-data",
			Unit: "web.service", Container: strings.Repeat("ab", 32),
		},
	}
	odd := &process.Process{
		ID: process.ID{PID: 4_000_000, StartTicks: 200_000}, PPID: 100, Name: "a) S 1 (\"b\\\n\xff", State: process.Zombie,
		Known: process.HasCPU | process.HasThreads, Threads: 1,
		Facts: &process.Facts{},
	}
	return &group.Report{
		Snapshot: &process.Snapshot{
			Taken: boot.Add(time.Hour), Duration: 12500 * time.Microsecond,
			Clock:     process.Clock{Epoch: boot, TicksPerSecond: 100, Now: 360_000},
			Processes: []*process.Process{web, odd},
			Reader:    "procfs", ExitSource: process.ExitsTaskstats,
			System: process.System{Forks: 12_345, PIDLimit: 32_768},
			GPUs:   process.GPUs{Looked: true, Unread: 7},
			Pressures: []process.CgroupPressure{
				{
					CgroupName: process.CgroupName{Path: "/kubepods/pod-u/c", Container: "c", Namespace: "shop", Pod: "web-0", ContainerName: "main"},
					CPU:        process.PressureTotals{Some: new(1500 * time.Millisecond), Full: new(500 * time.Millisecond)},
					IO:         process.PressureTotals{Some: new(time.Second)},
				},
				{CgroupName: process.CgroupName{Path: "/system.slice/ssh.service", Unit: "ssh.service"}, Memory: process.PressureTotals{Some: new(time.Duration(0)), Full: new(time.Duration(0))}},
			},
		},
		Groups: []group.Group{
			{Name: "configured", Configured: true, Known: allFields, States: [process.NumStates]int{}},
			{
				Name: "odd \xff\"\\\n", Known: process.HasCPU, States: [process.NumStates]int{process.Zombie: 1}, WorstFDRatio: -1,
				Oldest: boot.Add(2000 * time.Second), Newest: boot.Add(2000 * time.Second), Starts: 1,
			},
			{
				Name: "web", Known: allFields, States: [process.NumStates]int{process.Running: 1}, Threads: 4,
				OpenFDs: 12, WorstFDRatio: 0.25, ResidentBytes: 8 << 20, VirtualBytes: 1 << 30, SwapBytes: 4096,
				ProportionalBytes: 6 << 20, UserTime: 100 * time.Second, SystemTime: 2 * time.Second, CPUWait: 50 * time.Second,
				Delays: process.Delays{BlockIO: 40 * time.Second, SwapIn: 30 * time.Second, Reclaim: 20 * time.Second, Thrashing: 10 * time.Second},
				Network: &process.Network{
					TCP: process.Traffic{ReceivedBytes: 50_000, ReceivedOperations: 500, TransmittedBytes: 60_000, TransmittedOperations: 600},
					UDP: process.Traffic{ReceivedBytes: 700, ReceivedOperations: 70},
				},
				ReadBytes: 8192, WrittenBytes: 2 << 20, MinorFaults: 1000, MajorFaults: 3,
				VoluntarySwitches: 77, InvoluntarySwitches: 5, Starts: 9, Exits: 8, ShortLived: 2,
				AbnormalExits: map[string]group.Abnormal{"SIGSEGV": {Count: 1, Since: boot.Add(59 * time.Minute)}, "exit_code": {Count: 2}},
				GPUTime: map[process.GPUEngineName]group.GPUTime{
					{GPU: "0000:03:00.0", Engine: "gfx"}: {Time: 3 * time.Second, Since: boot.Add(30 * time.Minute)}, {GPU: "0000:03:00.0", Engine: "dec"}: {Time: time.Second},
					{GPU: "0000:00:02.0", Engine: "render"}: {Time: 500 * time.Millisecond},
				},
				GPUMemory: map[process.GPURegionName]uint64{{GPU: "0000:03:00.0", Region: "vram"}: 2 << 20, {GPU: "0000:03:00.0", Region: "gtt"}: 1 << 20},
				Oldest:    boot.Add(1500250 * time.Millisecond), Newest: boot.Add(1500250 * time.Millisecond),
			},
		},
		Top:               []group.Top{{Process: web, Group: "web"}, {Process: odd, Group: "odd \xff\"\\\n"}},
		OverflowProcesses: 3,
		Shown:             shownAll,
	}
}

// shownAll hides nothing.
var shownAll = &rules.Shown{Cmdline: func(args []string) []string { return args }, Open: true, Exe: true}

// largeReport has so many processes, groups and top processes, all with every value.
func largeReport(processes, groups, top int) *group.Report {
	r := &group.Report{Snapshot: &process.Snapshot{
		Taken: boot.Add(time.Hour), Duration: time.Millisecond,
		Clock:  process.Clock{Epoch: boot, TicksPerSecond: 100, Now: 360_000},
		Reader: "procfs", ExitSource: process.ExitsTaskstats,
		System: process.System{Forks: 1e6, PIDLimit: 4 << 20},
	}}
	for i := range processes {
		r.Snapshot.Processes = append(r.Snapshot.Processes, &process.Process{
			ID: process.ID{PID: i + 1, StartTicks: uint64(i)}, PPID: i / 10, Name: fmt.Sprintf("name%d", i%groups),
			State: process.Sleeping, Known: allFields, Threads: 2, UserTime: time.Duration(i) * time.Second,
			ResidentBytes: uint64(i) << 20, Facts: &process.Facts{Exe: "/usr/bin/name", User: "root", Unit: "name.service"},
		})
	}
	for i := range groups {
		r.Groups = append(r.Groups, group.Group{
			Name: fmt.Sprintf("name%d", i), Known: allFields, States: [process.NumStates]int{process.Sleeping: processes / groups},
			UserTime: time.Duration(i) * time.Second, ResidentBytes: uint64(i) << 20, Oldest: boot, Newest: boot,
			AbnormalExits: map[string]group.Abnormal{"SIGKILL": {Count: 1}},
		})
	}
	for i := range top {
		p := r.Snapshot.Processes[i*processes/top]
		r.Top = append(r.Top, group.Top{Process: p, Group: p.Name})
	}
	return r
}
