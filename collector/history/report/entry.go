// Package report says in plain data what happened between two moments of a recording: who used most,
// what started, ended, crashed and grew. It writes the same as text and as a page.
package report

import (
	"math"
	"time"

	"proctree/collector/history/ledger"
	"proctree/collector/process"
)

// Sight is what the reader of a report may see.
type Sight struct {
	// Args returns what may be shown of a command line; nil shows none.
	Args func(args []string) []string
	// Paths is whether executables may be shown.
	Paths bool
	// Private is whether values may be shown that the kernel does not show to everybody.
	Private bool
	// Group returns the name under which the group of a process may be shown; nil leaves all as
	// they were recorded.
	Group func(recorded string, p *process.Process, clock process.Clock) string
}

// Seconds is a moment in seconds since 1970, or a time in seconds, to the millisecond.
type Seconds float64

// moment returns nil for none.
func moment(t time.Time) *Seconds {
	if t.IsZero() {
		return nil
	}
	return new(at(t))
}

func at(t time.Time) Seconds { return Seconds(float64(t.UnixMilli()) / 1e3) }

func span(d time.Duration) Seconds { return Seconds(math.Round(d.Seconds()*1e3) / 1e3) }

// Time is the moment.
func (s Seconds) Time() time.Time { return time.UnixMilli(int64(math.Round(float64(s) * 1e3))) }

// Entry is one process, or several alike, between two moments.
type Entry struct {
	// ID and PID are absent where the entry sums processes that no table shows.
	ID        string   `json:"id,omitempty"`
	PID       int      `json:"pid,omitempty"`
	Processes uint64   `json:"processes,omitempty"`
	Name      string   `json:"name"`
	Exe       string   `json:"exe,omitempty"`
	Cmdline   []string `json:"cmdline,omitempty"`
	User      string   `json:"user,omitempty"`
	Unit      string   `json:"unit,omitempty"`
	Container string   `json:"container,omitempty"`
	PodUID    string   `json:"pod_uid,omitempty"`
	Group     string   `json:"group,omitempty"`
	// PPID and Parent name the parent when the process was last seen.
	PPID   int    `json:"ppid,omitempty"`
	Parent string `json:"parent,omitempty"`
	// ParentCmdline is that of the parent.
	ParentCmdline []string `json:"parent_cmdline,omitempty"`
	StartTime     *Seconds `json:"start_time,omitempty"`
	// EndTime is that of the recorded event, otherwise the time of the table that showed the end.
	EndTime    *Seconds `json:"end_time,omitempty"`
	RunSeconds *Seconds `json:"run_seconds,omitempty"`
	Reason     string   `json:"reason,omitempty"`
	ExitCode   int      `json:"exit_code,omitempty"`
	// The following are of the time between the two moments.
	CPUSeconds   *Seconds `json:"cpu_seconds,omitempty"`
	ReadBytes    *uint64  `json:"read_bytes,omitempty"`
	WrittenBytes *uint64  `json:"written_bytes,omitempty"`
	// MemoryBytes is the most resident memory that was seen.
	MemoryBytes *uint64 `json:"memory_bytes,omitempty"`
}

// NewEntry makes the entry of a life.
func (s *Sight) NewEntry(l *ledger.Ledger, life *ledger.Life) Entry {
	e := Entry{
		PID: life.ID.PID, Name: life.Name, Group: life.Group, PPID: max(0, life.Parent),
		EndTime: moment(life.Ended), StartTime: moment(life.Started()), ExitCode: life.Code,
	}
	if life.ID.PID != 0 {
		e.ID = life.ID.String()
	} else {
		e.Processes = life.Processes
	}
	s.addFacts(&e, life.Facts)
	e.Parent = life.ParentName
	if parent := l.ParentOf(life); parent != nil {
		e.Parent, e.ParentCmdline = parent.Name, s.args(parent.Facts)
	}
	if e.StartTime != nil && e.EndTime != nil {
		e.RunSeconds = new(span(max(0, life.Ended.Sub(life.Started()))))
	}
	switch {
	case life.Reason != "":
		e.Reason = life.Reason
	case life.Recorded:
		e.Reason = "normal"
	}
	s.addUsage(&e, life)
	return e
}

func (s *Sight) addFacts(e *Entry, f *process.Facts) {
	if f == nil {
		return
	}
	e.User, e.Unit, e.Container, e.PodUID = f.User, f.Unit, f.Container, f.PodUID
	e.Cmdline = s.args(f)
	if s.Paths {
		e.Exe = f.Exe
	}
}

func (s *Sight) args(f *process.Facts) []string {
	if f == nil || s.Args == nil {
		return nil
	}
	return s.Args(f.Cmdline)
}

func (s *Sight) addUsage(e *Entry, life *ledger.Life) {
	if life.Known.Has(process.HasCPU) {
		e.CPUSeconds = new(span(life.CPU()))
	}
	if life.Known.Has(process.HasResident) && life.MemoryPeak > 0 {
		e.MemoryBytes = new(life.MemoryPeak)
	}
	if s.Private && life.Known.Has(process.HasReadBytes) {
		e.ReadBytes = new(life.Read())
	}
	if s.Private && life.Known.Has(process.HasWrittenBytes) {
		e.WrittenBytes = new(life.Written())
	}
}

// entries makes entries of the first lives.
func (s *Sight) entries(l *ledger.Ledger, lives []*ledger.Life, limit int) []Entry {
	list := make([]Entry, 0, min(limit, len(lives)))
	for _, life := range lives[:min(limit, len(lives))] {
		list = append(list, s.NewEntry(l, life))
	}
	return list
}
