package treetest

import (
	"math/rand/v2"
	"slices"
	"time"

	"proctree/collector/host/hosttest"
	"proctree/collector/process"
)

// Drift makes the next table of a host out of one: some go, some come, some change.
func Drift(random *rand.Rand, table []process.Process, at time.Duration) []process.Process {
	var next []process.Process
	for _, p := range table {
		if random.IntN(10) == 0 {
			continue
		}
		if random.IntN(2) == 0 {
			change(random, &p)
		}
		next = append(next, p)
	}
	for range random.IntN(4) {
		pid := 1 + random.IntN(60)
		if slices.ContainsFunc(next, func(p process.Process) bool { return p.PID == pid }) {
			continue
		}
		p := hosttest.Process(pid, random.IntN(60), "new", hosttest.Started(at))
		change(random, &p)
		next = append(next, p)
	}
	return next
}

// change changes a few values of a process, or makes them unknown.
func change(random *rand.Rand, p *process.Process) {
	switch random.IntN(12) {
	case 0:
		p.UserTime += time.Duration(random.Int64N(1e9))
	case 1:
		p.SystemTime += time.Duration(random.Int64N(1e6))
	case 2:
		p.ResidentBytes, p.SwapBytes = random.Uint64N(1e9), random.Uint64N(5)
	case 3:
		p.ReadBytes += random.Uint64N(1e6)
	case 4:
		p.OpenFDs, p.Threads, p.Nice = random.Uint64N(9), random.IntN(9), int8(random.IntN(40)-20)
	case 5:
		p.State = process.State(random.IntN(process.NumStates))
	case 6:
		p.Known = process.Fields(random.Uint64())
	case 7:
		p.PPID = random.IntN(60)
	case 8:
		p.Name = Hostile[random.IntN(len(Hostile))]
	case 9, 10:
		facts := *p.Facts
		facts.Exe, facts.User = Hostile[random.IntN(len(Hostile))], Hostile[random.IntN(len(Hostile))]
		facts.Cmdline = [][]string{nil, {}, {"a"}, {"a", "--password=x"}, Hostile}[random.IntN(5)]
		facts.Unit, facts.Container, facts.PodUID = []string{"", "u"}[random.IntN(2)], []string{"", "c"}[random.IntN(2)], []string{"", "p"}[random.IntN(2)]
		facts.Namespace, facts.Pod, facts.ContainerName = []string{"", "n"}[random.IntN(2)], []string{"", "pod"}[random.IntN(2)], []string{"", "main"}[random.IntN(2)]
		p.Facts = &facts
	case 11:
		p.ReadBytes, p.UserTime = 0, 0
	}
}
