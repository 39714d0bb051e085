package pasttest

import (
	"fmt"
	"math/rand/v2"
	"time"

	"proctree/collector/history/segment"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"
)

// Span is a part of a recording with a table in each interval, in segments of one length.
type Span struct{ Length, Interval, Segment time.Duration }

// WholeWeek is a recording of seven days as it is kept: older tables are further apart.
var WholeWeek = []Span{
	{6 * 24 * time.Hour, time.Minute, 6 * time.Hour},
	{23 * time.Hour, 5 * time.Second, 10 * time.Minute},
	{time.Hour, time.Second, 10 * time.Minute},
}

// Week is a recording that was made, of a host that nobody has.
type Week struct {
	// Dir is where its files are, if the caller says so.
	Dir string
	// From and To are the times of the first and the last table.
	From, To time.Time
	Tables   int
	Bytes    int64
}

// world is a host on which three processes a second start and end, and 60 % wake each second.
type world struct {
	random *rand.Rand
	rows   []*process.Process
	groups []string
	now    time.Duration
	nextID int
	busy   time.Duration
}

// wake is the share of processes that change within a second.
const wake = 0.6

// step goes on to the next table.
func (w *world) step(interval time.Duration) *segment.Table {
	w.now += interval
	// Rows that rest are shared between tables, as the readers do.
	rows := append(make([]*process.Process, 0, len(w.rows)+8), w.rows...)
	groups := append(make([]string, 0, len(w.rows)+8), w.groups...)
	var exits []process.Exit
	var exitGroups []string
	// All exits stay when tables are thinned.
	for range 3 * int(interval/time.Second) {
		i := 1 + w.random.IntN(len(rows)-1)
		p := rows[i]
		exits = append(exits, process.Exit{
			ID: p.ID, Parent: p.PPID, Name: p.Name, Facts: p.Facts, UID: p.UID, Processes: 1, Known: p.Known,
			UserTime: p.UserTime + time.Millisecond, SystemTime: p.SystemTime,
		})
		exitGroups = append(exitGroups, groups[i])
		rows, groups = append(rows[:i], rows[i+1:]...), append(groups[:i], groups[i+1:]...)
		w.nextID++
		young := hosttest.Process(w.nextID, 1, "job", hosttest.Started(w.now), hosttest.Cmdline("job", "--task"))
		rows, groups = append(rows, &young), append(groups, "job")
	}
	for i, p := range rows {
		if interval == time.Second && w.random.Float64() >= wake {
			continue
		}
		q := *p
		used := time.Duration(w.random.IntN(60_000)) * (interval / time.Second)
		q.UserTime += used
		w.busy += used
		if w.random.IntN(50) == 0 {
			q.ResidentBytes += 4096
		}
		rows[i] = &q
	}
	w.rows, w.groups = rows, groups
	s := hosttest.Snapshot(w.now)
	s.Processes, s.Exits, s.ExitSource = rows, exits, process.ExitsBPF
	s.System.CPUBusy += w.busy
	s.System.CPUIdle += w.now
	return &segment.Table{Snapshot: s, Groups: groups, ExitGroups: exitGroups}
}

// keyTables is how many tables are in a key period.
const keyTables = 60

// NewWeek makes a recording of so many processes, which begins a time after hosttest.Epoch. write writes a file of it.
func NewWeek(write func(name string, data []byte) error, begin time.Duration, processes int, parts []Span) (*Week, error) {
	w := &world{random: rand.New(rand.NewPCG(5, 6)), now: begin, nextID: processes + 1} //nolint:gosec // It is the same at each call.
	for i, p := range hosttest.Many(processes, begin) {
		w.rows, w.groups = append(w.rows, &p), append(w.groups, fmt.Sprintf("group%d", i%40))
	}
	r := &Week{}
	number := 0
	var last *segment.Table
	for _, part := range parts {
		for begun := time.Duration(0); begun < part.Length; begun += part.Segment {
			number++
			var err error
			if last, err = r.addSegment(write, w, number, part, last); err != nil {
				return nil, err
			}
		}
	}
	return r, nil
}

// addSegment writes one segment.
func (r *Week) addSegment(write func(string, []byte) error, w *world, number int, part Span, last *segment.Table) (*segment.Table, error) {
	encoder, err := segment.NewEncoder(segment.Options{Interval: part.Interval, Previous: last})
	if err != nil {
		return nil, fmt.Errorf("make a recording: %w", err)
	}
	var data []byte
	for i := range int(part.Segment / part.Interval) {
		last = w.step(part.Interval)
		if data, err = encoder.Append(data, last, i%keyTables == 0); err != nil {
			return nil, fmt.Errorf("make a recording: %w", err)
		}
		r.Tables++
		if r.From.IsZero() {
			r.From = last.Snapshot.Taken
		}
		r.To = last.Snapshot.Taken
	}
	r.Bytes += int64(len(data))
	if err := write(fmt.Sprintf("%010d.segment", number), data); err != nil {
		return nil, fmt.Errorf("make a recording: %w", err)
	}
	return last, nil
}
