package pasttest

import (
	"slices"
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"
	"proctree/tree-api/treetest"
)

// Incident is a recorded minute: a program keeps a CPU busy for 3 seconds, one crashes and is started again, one
// is killed for lack of memory, and 200 processes come and go between two scans.
type Incident struct {
	*Recording
	// From and To are the times of the first and the last table.
	From, To time.Time
}

const (
	// Secret is in command lines.
	Secret = "SECRET-PATH"
	// Password is in a command line, where it is masked.
	Password = "hunter2"
	// Seconds is how long the recording is.
	Seconds = 60
)

// NewIncident records one.
func NewIncident(tb testing.TB) *Incident {
	tb.Helper()
	in := &Incident{Recording: New(tb)}
	tracker := group.NewTracker(group.Config{Shown: treetest.Masked})
	start := time.Hour
	for second := range Seconds + 1 {
		now := start + time.Duration(second)*time.Second
		var exits []process.Exit
		exit := func(p process.Process, reason string, code int) {
			exits = append(exits, process.Exit{
				ID: p.ID, Parent: p.PPID, Name: p.Name, Facts: p.Facts, Processes: 1, Reason: reason, Code: code,
				Known: process.HasCPU | process.HasIO, UserTime: p.UserTime, ReadBytes: p.ReadBytes,
			})
		}
		table := []process.Process{
			hosttest.Process(1, 0, "init"),
			hosttest.Process(10, 1, "sh", hosttest.User(1000, "ann"), hosttest.Cmdline("sh", "/opt/"+Secret+"/run.sh"), unit("job.service")),
		}
		burner := hosttest.Process(20, 10, "burner", hosttest.Started(start+10*time.Second), hosttest.User(1000, "ann"), hosttest.Cmdline("burner", "--password="+Password), unit("job.service"))
		burner.UserTime = time.Duration(min(second-10, 3)) * time.Second
		burner.ReadBytes = 5 << 20
		switch {
		case second >= 11 && second < 13:
			table = append(table, burner)
		case second == 13:
			exit(burner, "", 0)
		}
		server := func(pid int, at time.Duration) process.Process {
			return hosttest.Process(pid, 1, "server", hosttest.Started(at), unit("server.service"), hosttest.Cmdline("server", "<b>"+Secret+"</b>"))
		}
		switch first := server(30, start-time.Minute); {
		case second < 20:
			table = append(table, first)
		case second == 20:
			exit(first, "SIGSEGV", 0)
		default:
			table = append(table, server(31, start+21*time.Second-time.Millisecond))
		}
		eater := hosttest.Process(40, 10, "eater", hosttest.Started(start+25*time.Second), hosttest.Memory(uint64(second)<<24, uint64(second)<<24))
		switch {
		case second >= 25 && second < 30:
			table = append(table, eater)
		case second == 30:
			exit(eater, "oom_kill", 0)
		}
		if second == 40 {
			for i := range 200 {
				p := hosttest.Process(1000+i, 10, "storm", hosttest.Started(now-time.Second/2))
				p.UserTime = 10 * time.Millisecond
				exit(p, "", 0)
			}
		}
		slices.SortFunc(table, func(a, b process.Process) int { return a.Compare(b.ID) })
		s := hosttest.Snapshot(now, table...)
		s.Exits, s.ExitSource = exits, process.ExitsTaskstats
		report := tracker.Observe(s)
		in.Add(tb, report)
		if second == 0 {
			in.From = s.Taken
		}
		in.To = s.Taken
	}
	return in
}

// unit sets the unit of a process. It comes after what else changes its facts.
func unit(name string) hosttest.Option {
	return func(p *process.Process) {
		facts := *p.Facts
		facts.Unit = name
		p.Facts = &facts
	}
}

// At is a second of the incident, in seconds since 1970 as answers give it.
func (in *Incident) At(second float64) float64 { return float64(in.From.UnixMilli())/1e3 + second }
