package report

import (
	"cmp"
	"context"
	"slices"
	"time"

	"proctree/collector/history"
	"proctree/collector/history/ledger"
)

// Report is what a person wants to know after an incident.
type Report struct {
	Span
	// Host is the name of the host, where it is known.
	Host string `json:"host,omitempty"`
	// TopCPU and the others are who used most.
	TopCPU     []Share `json:"top_cpu"`
	TopMemory  []Share `json:"top_memory"`
	TopRead    []Share `json:"top_read,omitempty"`
	TopWritten []Share `json:"top_written,omitempty"`
	// OOMKills and Crashes are processes that the kernel ended for lack of memory, and those that a signal
	// for a fault of their own ended; Failed those with another exit code than 0, Killed those that another
	// signal ended. Each begins with the first.
	OOMKills List `json:"oom_kills"`
	Crashes  List `json:"crashed"`
	Failed   List `json:"failed"`
	Killed   List `json:"killed"`
	// Restarted are services that ended and were started again.
	Restarted []Restart `json:"restarted"`
	Started   List      `json:"started"`
	Ended     List      `json:"ended"`
	// ShortLived are processes that started and ended in between, and used CPU time.
	ShortLived List `json:"short_lived"`
	// Storms are the programs of which most processes were started.
	Storms []Storm   `json:"most_started"`
	Grew   GrownList `json:"grew"`
	// Limits are processes that have nearly as many open file descriptors as they may.
	Limits []NearLimit `json:"limits_nearly_reached"`
	// Peaks are when the host was worst off.
	Peaks []Peak `json:"peaks"`
}

// Restart is a service that ended and was started again.
type Restart struct {
	// Before is the process that ended last, and After the one that followed.
	Before Entry `json:"before"`
	After  Entry `json:"after"`
	Times  int   `json:"times"`
}

// NearLimit is a process that is near a limit.
type NearLimit struct {
	Entry
	What  string `json:"what"`
	Value uint64 `json:"value"`
	Limit uint64 `json:"limit"`
}

// Peak is the worst value of a metric of the host.
type Peak struct {
	What string `json:"what"`
	// Value is a ratio from 0 to 1, or a number for busy_cores and processes.
	Value float64 `json:"value"`
	At    Seconds `json:"time"`
}

const (
	// listed is how many entries a list of the report has.
	listed = 20
	// listedCrashes is how many crashes and OOM kills are listed: each of them matters.
	listedCrashes = 200
	// leastShort is the CPU time of a process that is listed as a short-lived one.
	leastShort = 500 * time.Millisecond
)

// Make reads the time between two moments.
func Make(ctx context.Context, archive *history.Archive, from, to time.Time, s *Sight, shown func(*ledger.Life) bool) (*Report, error) {
	l, err := ledger.Read(ctx, archive, from, to)
	if err != nil {
		return nil, err
	}
	if err := l.AddDeaths(ctx, archive); err != nil {
		return nil, err
	}
	l.Filter(shown)
	return s.newReport(l), nil
}

func (s *Sight) newReport(l *ledger.Ledger) *Report {
	r := &Report{Span: spanOf(l), Restarted: s.restarts(l), Storms: s.storms(l), Limits: s.nearLimits(l), Peaks: peaks(l), Grew: s.grown(l, listed)}
	top := func(what ledger.Resource) []Share { return s.shares(l.Rank(what, ledger.Process, listed, nil)) }
	r.TopCPU, r.TopMemory = top(ledger.CPU), top(ledger.Memory)
	if s.Private {
		r.TopRead, r.TopWritten = top(ledger.Input), top(ledger.Output)
	}
	var oom, crashed, failed, killed, started, ended, short []*ledger.Life
	for _, life := range l.Lives {
		switch {
		case life.OOMKilled():
			oom = append(oom, life)
		case life.Crashed():
			crashed = append(crashed, life)
		case life.Reason == "exit_code":
			failed = append(failed, life)
		case life.Reason != "":
			killed = append(killed, life)
		}
		switch over := !life.Ended.IsZero(); {
		case life.Born && !over:
			started = append(started, life)
		case over && !life.Born:
			ended = append(ended, life)
		case over && life.CPU() >= leastShort:
			short = append(short, life)
		}
	}
	r.OOMKills, r.Crashes = s.byTime(l, oom, listedCrashes), s.byTime(l, crashed, listedCrashes)
	r.Failed, r.Killed = s.byTime(l, failed, listed), s.byTime(l, killed, listed)
	r.Started, r.Ended, r.ShortLived = s.list(l, started, listed), s.list(l, ended, listed), s.list(l, short, listed)
	return r
}

// byTime has the first one first.
func (s *Sight) byTime(l *ledger.Ledger, lives []*ledger.Life, limit int) List {
	slices.SortStableFunc(lives, func(a, b *ledger.Life) int { return a.Ended.Compare(b.Ended) })
	return List{Count: count(lives), Entries: s.entries(l, lives, limit)}
}

// identity is what a service has in common with itself after a restart.
type identity struct {
	name, unit, container string
	parent                int
}

const (
	// livedLong is how long a process must have run to be a service and no job.
	livedLong = 10 * time.Second
	// restartWithin is how soon it must be there again.
	restartWithin = 2 * time.Minute
)

// restarts pairs processes that ended with those that took their places.
func (s *Sight) restarts(l *ledger.Ledger) []Restart {
	byWhat := map[identity][]*ledger.Life{}
	var order []identity
	for _, life := range l.Lives {
		if life.ID.PID == 0 || life.Kernel || life.Facts == nil {
			continue
		}
		what := identity{life.Name, life.Facts.Unit, life.Facts.Container, life.Parent}
		if byWhat[what] == nil {
			order = append(order, what)
		}
		byWhat[what] = append(byWhat[what], life)
	}
	list := []Restart{}
	for _, what := range order {
		lives := byWhat[what]
		if len(lives) < 2 {
			continue
		}
		if r, ok := s.restart(l, lives); ok {
			list = append(list, r)
		}
	}
	slices.SortStableFunc(list, func(a, b Restart) int { return cmp.Compare(*a.After.StartTime, *b.After.StartTime) })
	return list[:min(listed, len(list))]
}

// restart finds the restarts of one service: one process at a time, one after another.
func (s *Sight) restart(l *ledger.Ledger, lives []*ledger.Life) (r Restart, ok bool) {
	slices.SortFunc(lives, func(a, b *ledger.Life) int { return a.Started().Compare(b.Started()) })
	for i := 1; i < len(lives); i++ {
		before, after := lives[i-1], lives[i]
		// It ended between the last table that shows it and the next one.
		if before.Ended.IsZero() || after.Started().Before(before.Last) || after.Started().Sub(before.Ended) > restartWithin {
			continue
		}
		long := before.Ended.Sub(before.Started()) >= livedLong
		if !long && before.Reason == "" {
			continue
		}
		r.Before, r.After, ok = s.NewEntry(l, before), s.NewEntry(l, after), true
		r.Times++
	}
	return r, ok
}

// nearly is the share of a limit that is near it.
const nearly = 0.8

func (s *Sight) nearLimits(l *ledger.Ledger) []NearLimit {
	list := []NearLimit{}
	if !s.Private {
		return list
	}
	for _, life := range l.Lives {
		if life.Facts == nil || life.Facts.FDLimit == 0 {
			continue
		}
		if limit := life.Facts.FDLimit; float64(life.FDsLast) >= nearly*float64(limit) {
			list = append(list, NearLimit{s.NewEntry(l, life), "open_fds", life.FDsLast, limit})
		}
	}
	slices.SortStableFunc(list, func(a, b NearLimit) int {
		return cmp.Compare(float64(b.Value)/float64(b.Limit), float64(a.Value)/float64(a.Limit))
	})
	return list[:min(listed, len(list))]
}

// peaks are when the host was worst off.
func peaks(l *ledger.Ledger) []Peak {
	list := make([]Peak, 0, len(l.Peaks))
	for _, p := range l.Peaks {
		list = append(list, Peak{p.What, round(p.Value), at(p.At)})
	}
	return list
}
