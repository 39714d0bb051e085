package group

import (
	"time"

	"proctree/collector/group/rules"
	"proctree/collector/process"
)

// Report is what a Tracker made of one snapshot by one configuration. It is immutable and complete in itself:
// snapshot, the one before it, and the group of every process.
type Report struct {
	Snapshot *process.Snapshot
	// Previous is the snapshot before; nil in the first report.
	Previous *process.Snapshot
	// Groups is sorted by name. Its length is bounded by Config.MaxGroups, the groups the
	// configuration names, and Overflow.
	Groups []Group
	// Top are the processes shown one by one, sorted by PID; at most Config.MaxProcesses.
	Top []Top
	// Ended are the processes whose end this scan or its exit records showed, without excluded
	// ones. A record may come some scans after the process was found missing: then it is here
	// twice, the second time in full.
	Ended []Ended
	// OverflowProcesses counts the processes that are in the group Overflow because
	// MaxGroups was reached.
	OverflowProcesses int
	// CgroupsLost counts what could not be read of control groups, in all scans so far.
	CgroupsLost uint64
	// Shown is what may be shown of these processes. Each configuration has another one.
	Shown *rules.Shown

	// places holds, by the index of Snapshot.Processes, the place of its group in Groups, or
	// noGroup. A report of the past has names instead.
	places []int32
	names  []string
	// excluded is nil when nothing is.
	excluded []bool
}

// Overflow is the group of whatever finds no room among MaxGroups.
const Overflow = rules.Overflow

// noGroup is the place of the group of a process that is in none.
const noGroup = -1

// GroupOf returns the group of Snapshot.Processes[i]. The name is empty for a process in
// no group, as there are with process_names. ok is false for an excluded process, which
// must not appear in any output.
func (r *Report) GroupOf(i int) (name string, ok bool) {
	ok = r.shows(i)
	switch {
	case r.names != nil:
		name = r.names[i]
	case r.places[i] != noGroup:
		name = r.Groups[r.places[i]].Name
	}
	return name, ok
}

// ParentOf returns the PID of a process' parent in the tree: its nearest ancestor that is not
// excluded, 0 for none. The PPID alone does not tell, see process.ID.CanParent.
func (r *Report) ParentOf(p *process.Process) int {
	for {
		i, ok := r.Snapshot.Index(p.PPID)
		if !ok || !r.Snapshot.Processes[i].CanParent(p.ID) {
			return 0
		}
		p = r.Snapshot.Processes[i]
		if r.shows(i) {
			return p.PID
		}
	}
}

// shows reports whether Snapshot.Processes[i] is not excluded.
func (r *Report) shows(i int) bool { return r.excluded == nil || !r.excluded[i] }

// Past returns the report on a snapshot of a recording, with the groups that the processes had
// at the time. Names and excluded are parallel to the processes; nil excludes none. It has no
// groups and no top processes.
func Past(snapshot, previous *process.Snapshot, names []string, excluded []bool, shown *rules.Shown) *Report {
	return &Report{Snapshot: snapshot, Previous: previous, Shown: shown, names: names, excluded: excluded}
}

// Group sums the processes of one group. Counters include what dead members used and
// never fall while the group exists; the other values are of the snapshot alone.
type Group struct {
	Name string
	// Configured is a group that the configuration spells out, which exists although
	// nothing runs.
	Configured bool
	// States counts the members by process.State.
	States  [process.NumStates]int
	Threads int
	// Known tells which values at least one member ever had; a value without its bit is
	// absent. A named group in which nothing ever ran knows them all, as 0.
	Known process.Fields

	OpenFDs uint64
	// WorstFDRatio is the largest share of its descriptor limit that a member has open,
	// 0 to 1; negative when no member's is known.
	WorstFDRatio float64

	ResidentBytes, VirtualBytes, SwapBytes, ProportionalBytes uint64

	UserTime, SystemTime, CPUWait          time.Duration
	Delays                                 process.Delays
	Network                                *process.Network
	ReadBytes, WrittenBytes                uint64
	MinorFaults, MajorFaults               uint64
	VoluntarySwitches, InvoluntarySwitches uint64
	// Starts and Exits count processes since the group was first seen; ShortLived those
	// of them that no scan ever saw.
	Starts, Exits, ShortLived uint64
	// Since is when the counters were 0: the time of the scan before the first one with
	// the group. It is zero for a group of the first scan, whose counters were 0 when the
	// exporter started.
	Since time.Time
	// KnownSince is the same for each value that became known later than the group; nil
	// if there is none.
	KnownSince map[process.Fields]time.Time
	// AbnormalExits counts exits by reason, a signal's name or "exit_code".
	AbnormalExits map[string]Abnormal

	// GPUTime is for how long engines of GPUs worked for members; nil if none did. Reports share it.
	GPUTime map[process.GPUEngineName]GPUTime
	// GPUMemory is the memory that members have on GPUs, in bytes; nil if none has any.
	GPUMemory map[process.GPURegionName]uint64

	// Limits are those of the control groups in which members run.
	Limits Limits

	// Oldest and Newest are the start times of the oldest and the newest member; zero
	// when there is none.
	Oldest, Newest time.Time
}

// Abnormal counts the exits of one reason.
type Abnormal struct {
	Count uint64
	// Since is when the count was 0, like Group.Since.
	Since time.Time
}

// GPUTime is for how long an engine of a GPU worked for a group.
type GPUTime struct {
	Time time.Duration
	// Since is when the time was 0, like Group.Since.
	Since time.Time
}

// Processes returns how many members there are.
func (g *Group) Processes() int {
	n := 0
	for _, c := range g.States {
		n += c
	}
	return n
}

// Ended is a process that ended, or several alike.
type Ended struct {
	*process.Exit
	// Group is the name of its group, "" for none.
	Group string
	// Recorded is set if there was an exit record: then an empty Reason means exit code 0.
	Recorded bool
}

// Top is one process worth series of its own, or an ancestor of one. Group is empty when
// the process is in none.
type Top struct {
	Process *process.Process
	Group   string
}
