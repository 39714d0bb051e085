package group

import (
	"maps"
	"slices"
	"strings"
	"time"

	"proctree/collector/process"
)

// tally is a group as the Tracker keeps it: the counters, and the gauges of the scan
// under way.
type tally struct {
	Group
	// peopled is that a scan ever saw a member.
	peopled bool
	// place is that in the newest report.
	place int32
	// expired is a tally that is no longer in tallies.
	expired bool
	// busy is when it last had a member or grew.
	busy           time.Time
	grew           bool
	oldest, newest uint64
	// shown are the gauges that a member has in the scan under way.
	shown process.Fields
	// counted is the scan in which AbnormalExits was cloned for writing.
	counted uint64
	// gpuScan is the same for GPUTime.
	gpuScan uint64
}

// tallies are the groups there are, by name and sorted by it.
type tallies struct {
	byName map[string]*tally
	sorted []*tally
	max    int
	// leaving are the groups that lost their places by reopen, by name.
	leaving map[string]*tally
	// since is when the scan before the one under way began; zero in the first scan.
	since time.Time
}

// room reports whether one more group may be discovered.
func (t *tallies) room() bool {
	n := len(t.sorted)
	if o := t.byName[Overflow]; o != nil && !o.Configured {
		n--
	}
	return n < t.max
}

// admit returns the group of that name, made if there is room, or else Overflow.
func (t *tallies) admit(name string) (g *tally, overflow bool) {
	if g := t.byName[name]; g != nil {
		return g, false
	}
	if name != Overflow && !t.room() {
		if g := t.byName[Overflow]; g != nil {
			return g, true
		}
		return t.add(Overflow), true
	}
	return t.add(name), false
}

func (t *tallies) add(name string) *tally {
	g := t.leaving[name]
	if g == nil {
		g = &tally{Group: Group{Name: name, Since: t.since}}
		g.clearGauges()
	}
	g.expired = false
	t.byName[name] = g
	at, _ := slices.BinarySearchFunc(t.sorted, name, func(g *tally, name string) int { return strings.Compare(g.Name, name) })
	t.sorted = slices.Insert(t.sorted, at, g)
	return g
}

// name makes exactly these the groups that the configuration spells out.
func (t *tallies) name(names []string) {
	for _, g := range t.sorted {
		g.Configured = false
	}
	for _, name := range names {
		g := t.byName[name]
		if g == nil {
			g = t.add(name)
		}
		g.Configured = true
	}
}

// expire drops the groups that nobody names and that were idle for that long. Overflow
// stays: what it sums has no other place to go back to.
func (t *tallies) expire(now time.Time, idle time.Duration) {
	t.sorted = slices.DeleteFunc(t.sorted, func(g *tally) bool {
		if g.grew || g.Processes() > 0 || g.busy.IsZero() {
			g.busy = now
		}
		g.expired = !g.Configured && g.Name != Overflow && now.Sub(g.busy) >= idle && now.After(g.busy)
		if g.expired {
			delete(t.byName, g.Name)
		}
		return g.expired
	})
}

// reopen takes their places from the groups that nobody names, until close. Who is admitted
// again has its counters as before.
func (t *tallies) reopen() {
	t.leaving = map[string]*tally{}
	t.sorted = slices.DeleteFunc(t.sorted, func(g *tally) bool {
		g.expired = !g.Configured && g.Name != Overflow
		if g.expired {
			delete(t.byName, g.Name)
			t.leaving[g.Name] = g
		}
		return g.expired
	})
}

// close forgets the groups that were not admitted again.
func (t *tallies) close() { t.leaving = nil }

func (g *tally) clearGauges() {
	g.States = [process.NumStates]int{}
	g.Threads, g.OpenFDs, g.WorstFDRatio = 0, 0, -1
	g.ResidentBytes, g.VirtualBytes, g.SwapBytes, g.ProportionalBytes = 0, 0, 0, 0
	g.oldest, g.newest, g.grew, g.shown = 0, 0, false, 0
	g.Limits.Memory, g.Limits.MemoryRatio = false, 0
	g.GPUMemory = nil
}

// gaugeFields are the values that gauges are sums of.
const gaugeFields = process.HasThreads | process.HasMemory | process.HasSwap | process.HasProportional | process.HasOpenFDs

// countedFields are the values that counters are made of.
var countedFields = [...]process.Fields{
	process.HasUserTime, process.HasSystemTime, process.HasReadBytes, process.HasWrittenBytes, process.HasMinorFaults, process.HasMajorFaults,
	process.HasVoluntary, process.HasInvoluntary, process.HasCPUWait,
	process.HasBlockIODelay, process.HasSwapInDelay, process.HasReclaimDelay, process.HasThrashingDelay,
	process.HasNetwork,
}

// seldomCounted are values that few hosts count: that they are 0 is not known before a process has shown them.
const seldomCounted = process.HasDelays | process.HasNetwork

// learn adds to what is known. The counters of a value that was not known until now
// begin with this scan, unless they were shown as 0 before.
func (g *tally) learn(known process.Fields, since time.Time) {
	fresh := known &^ g.Known
	g.Known |= known
	if g.Configured && !g.peopled {
		fresh &= seldomCounted
	}
	if fresh == 0 || g.Since.Equal(since) {
		return
	}
	for _, field := range countedFields {
		if fresh&field != 0 && g.Known.Has(field) {
			g.KnownSince = withEntry(g.KnownSince, field, since)
		}
	}
}

// withEntry returns m with an entry more. Reports share the maps of a tally, so that a
// change is made to a copy.
func withEntry[K comparable, V any](m map[K]V, key K, value V) map[K]V {
	m = maps.Clone(m)
	if m == nil {
		m = make(map[K]V)
	}
	m[key] = value
	return m
}

// addMember adds a process of the snapshot to the gauges.
func (g *tally) addMember(p *process.Process, since time.Time) {
	if g.Processes() == 0 || p.StartTicks < g.oldest {
		g.oldest = p.StartTicks
	}
	g.newest = max(g.newest, p.StartTicks)
	g.States[min(int(p.State), process.NumStates-1)]++
	g.learn(p.Known, since)
	g.shown |= p.Known
	g.peopled = true
	if p.Known.Has(process.HasThreads) {
		g.Threads += p.Threads
	}
	if p.Known.Has(process.HasResident) {
		g.ResidentBytes += p.ResidentBytes
	}
	if p.Known.Has(process.HasVirtual) {
		g.VirtualBytes += p.VirtualBytes
	}
	if p.Known.Has(process.HasSwap) {
		g.SwapBytes += p.SwapBytes
	}
	if p.Known.Has(process.HasProportional) {
		g.ProportionalBytes += p.ProportionalBytes
	}
	if p.Known.Has(process.HasOpenFDs) {
		g.OpenFDs += p.OpenFDs
		if p.Facts != nil && p.Facts.FDLimit > 0 {
			g.WorstFDRatio = max(g.WorstFDRatio, min(float64(p.OpenFDs)/float64(p.Facts.FDLimit), 1))
		}
	}
}

// grow adds to the counters.
func (g *tally) grow(u *usage) {
	if *u == (usage{}) {
		return
	}
	g.grew = true
	g.UserTime += u.cpu.User
	g.SystemTime += u.cpu.System
	g.CPUWait += u.wait
	g.Delays = g.Delays.Plus(u.delays)
	g.ReadBytes += u.read
	g.WrittenBytes += u.written
	g.MinorFaults += u.minor
	g.MajorFaults += u.major
	g.VoluntarySwitches += u.voluntary
	g.InvoluntarySwitches += u.involuntary
	g.Network = g.Network.Plus(u.network)
}

// countAbnormal counts exits by reason. Reports share the map, so the first write of a
// scan is to a new one.
func (g *tally) countAbnormal(reason string, n, scan uint64, since time.Time) {
	if g.counted != scan {
		g.AbnormalExits = maps.Clone(g.AbnormalExits)
		g.counted = scan
	}
	if g.AbnormalExits == nil {
		g.AbnormalExits = map[string]Abnormal{}
	}
	exits, ok := g.AbnormalExits[reason]
	if !ok {
		exits.Since = since
	}
	exits.Count += n
	g.AbnormalExits[reason] = exits
}

// publish returns what a Report holds of it.
func (g *tally) publish(clock process.Clock) Group {
	out := g.Group
	if g.Processes() > 0 {
		out.Oldest, out.Newest = clock.Time(g.oldest), clock.Time(g.newest)
		// A sum over members of which none knows its summand is not known, and not 0.
		out.Known &^= gaugeFields &^ g.shown
	}
	if g.Configured && !g.peopled {
		out.Known = ^seldomCounted | g.Known
	}
	return out
}
