package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// section is a table of the report as it is printed.
type section struct {
	Title string
	// Note says more about the table, such as how many lines are left out.
	Note string
	Head []string
	Rows [][]string
}

// printer makes the sections of a report.
type printer struct {
	*Report
	zone *time.Location
}

// title is the first line.
func (p *printer) title() string {
	host := ""
	if p.Host != "" {
		host = cell(p.Host, maxCell) + ": "
	}
	return fmt.Sprintf("%s%s to %s", host, p.full(p.From), p.full(p.To))
}

// facts are lines about the span as a whole.
func (p *printer) facts() []string {
	list := []string{fmt.Sprintf("%d tables in %s", p.Tables, p.To.Time().Sub(p.From.Time()).Round(time.Second))}
	if p.BusySeconds != nil {
		list = append(list, "CPU time of the host: "+seconds(*p.BusySeconds))
	}
	for _, g := range p.Gaps {
		list = append(list, fmt.Sprintf("nothing was recorded from %s to %s", p.clock(g.From), p.clock(g.To)))
	}
	for _, b := range p.Boots {
		list = append(list, "the host was started before "+p.clock(b))
	}
	if p.Damaged > 0 {
		list = append(list, fmt.Sprintf("%d tables are damaged and were left out", p.Damaged))
	}
	if p.ExitsLost > 0 {
		list = append(list, fmt.Sprintf("%d exit records were lost", p.ExitsLost))
	}
	return list
}

func (p *printer) full(s Seconds) string {
	return s.Time().In(p.zone).Format("2006-01-02 15:04:05 MST")
}

// clock is a time of the day, with the date where the span has several.
func (p *printer) clock(s Seconds) string {
	from, to := p.From.Time().In(p.zone), p.To.Time().In(p.zone)
	if from.YearDay() != to.YearDay() || from.Year() != to.Year() || s.Time().In(p.zone).YearDay() != to.YearDay() {
		return s.Time().In(p.zone).Format("2006-01-02 15:04:05")
	}
	return s.Time().In(p.zone).Format("15:04:05")
}

func (p *printer) optional(s *Seconds) string {
	if s == nil {
		return ""
	}
	return p.clock(*s)
}

// sections are the tables that are not empty.
func (p *printer) sections() []section {
	all := []section{
		p.list("OOM kills", &p.OOMKills), p.list("Crashed", &p.Crashes), p.list("Ended with an exit code", &p.Failed),
		p.list("Ended by another signal", &p.Killed), p.restarted(), p.storms(),
		p.shares("Most CPU time", p.TopCPU, "CPU", cpuText), p.shares("Most resident memory", p.TopMemory, "RSS", bytesText),
		p.shares("Most read from storage", p.TopRead, "READ", bytesText), p.shares("Most written to storage", p.TopWritten, "WRITTEN", bytesText),
		p.grown(), p.limits(), p.list("Short-lived, with 0.5 s of CPU time or more", &p.ShortLived),
		p.list("Started, and still running", &p.Started), p.list("Ended, started before", &p.Ended), p.peaks(),
	}
	list := all[:0]
	for _, s := range all {
		if len(s.Rows) > 0 {
			list = append(list, s)
		}
	}
	return list
}

// more says how many are left out.
func more(count uint64, entries []Entry) string {
	shown := uint64(0)
	for i := range entries {
		shown += max(1, entries[i].Processes)
	}
	if count <= shown {
		return ""
	}
	return fmt.Sprintf("%d in all; %d are listed", count, shown)
}

func (p *printer) list(title string, l *List) section {
	s := section{Title: title, Note: more(l.Count, l.Entries), Head: []string{"TIME", "PID", "REASON", "RAN", "CPU", "RSS", "USER", "COMMAND", "PARENT"}}
	for i := range l.Entries {
		e := &l.Entries[i]
		when := p.optional(e.EndTime)
		if when == "" {
			when = p.optional(e.StartTime)
		}
		s.Rows = append(s.Rows, []string{when, pid(e), reason(e), optionalSeconds(e.RunSeconds), optionalSeconds(e.CPUSeconds), optionalBytes(e.MemoryBytes), e.User, command(e), parent(e)})
	}
	return s
}

func (p *printer) restarted() section {
	s := section{Title: "Restarted", Head: []string{"TIME", "TIMES", "PID BEFORE", "ENDED", "REASON", "PID", "UNIT", "COMMAND", "PARENT"}}
	for i := range p.Restarted {
		r := &p.Restarted[i]
		s.Rows = append(s.Rows, []string{p.optional(r.After.StartTime), strconv.Itoa(r.Times), pid(&r.Before), p.optional(r.Before.EndTime), reason(&r.Before), pid(&r.After), r.After.Unit, command(&r.After), parent(&r.After)})
	}
	return s
}

func (p *printer) storms() section {
	s := section{Title: "Most started", Head: []string{"FROM", "TO", "PROCESSES", "CPU", "NAME", "EXAMPLE", "PARENT"}}
	for i := range p.Storms {
		m := &p.Storms[i]
		s.Rows = append(s.Rows, []string{p.clock(m.First), p.clock(m.Last), strconv.FormatUint(m.Processes, 10), seconds(m.CPUSeconds), m.Name, command(&m.Example), parent(&m.Example)})
	}
	return s
}

func (p *printer) shares(title string, list []Share, unit string, text func(float64) string) section {
	s := section{Title: title, Head: []string{unit, "PID", "STARTED", "ENDED", "USER", "COMMAND", "PARENT"}}
	for _, share := range list {
		e := share.Process
		s.Rows = append(s.Rows, []string{text(share.Value), pid(e), p.optional(e.StartTime), p.optional(e.EndTime), e.User, command(e), parent(e)})
	}
	return s
}

func (p *printer) grown() section {
	s := section{Title: "Grew", Head: []string{"BEFORE", "AFTER", "PID", "USER", "COMMAND", "PARENT"}}
	if n := uint64(len(p.Grew.Entries)); p.Grew.Count > n {
		s.Note = fmt.Sprintf("%d in all; %d are listed", p.Grew.Count, n)
	}
	for i := range p.Grew.Entries {
		g := &p.Grew.Entries[i]
		s.Rows = append(s.Rows, []string{bytesText(float64(g.MemoryBefore)), bytesText(float64(g.MemoryAfter)), pid(&g.Entry), g.User, command(&g.Entry), parent(&g.Entry)})
	}
	return s
}

func (p *printer) limits() section {
	s := section{Title: "Limits nearly reached", Head: []string{"LIMIT", "VALUE", "OF", "PID", "USER", "COMMAND", "PARENT"}}
	for i := range p.Limits {
		l := &p.Limits[i]
		s.Rows = append(s.Rows, []string{"open file descriptors", strconv.FormatUint(l.Value, 10), strconv.FormatUint(l.Limit, 10), pid(&l.Entry), l.User, command(&l.Entry), parent(&l.Entry)})
	}
	return s
}

func (p *printer) peaks() section {
	s := section{Title: "Peaks of the host", Head: []string{"TIME", "VALUE", "WHAT"}}
	for _, peak := range p.Peaks {
		what, value := peak.What, strconv.FormatFloat(peak.Value, 'f', -1, 64)
		switch what {
		case "busy_cores":
			what = "busy CPUs"
		case "memory_used":
			what, value = "memory in use", percent(peak.Value)
		case "pressure_cpu", "pressure_memory", "pressure_io":
			what, value = "pressure: "+strings.TrimPrefix(what, "pressure_"), percent(peak.Value)
		}
		s.Rows = append(s.Rows, []string{p.clock(peak.At), value, what})
	}
	return s
}

func percent(ratio float64) string { return strconv.FormatFloat(ratio*100, 'f', 1, 64) + " %" }

func pid(e *Entry) string {
	if e.PID == 0 {
		return fmt.Sprintf("(%d)", max(1, e.Processes))
	}
	return strconv.Itoa(e.PID)
}

func reason(e *Entry) string {
	if e.Reason == "exit_code" && e.ExitCode != 0 {
		return "exit code " + strconv.Itoa(e.ExitCode)
	}
	if e.Reason == "oom_kill" {
		return "OOM kill"
	}
	return strings.ReplaceAll(e.Reason, "_", " ")
}

// command is the command line, or the name in brackets as ps(1) prints it.
func command(e *Entry) string {
	if len(e.Cmdline) == 0 {
		return "[" + e.Name + "]"
	}
	return strings.Join(e.Cmdline, " ")
}

func parent(e *Entry) string {
	switch {
	case e.PPID == 0:
		return ""
	case len(e.ParentCmdline) > 0:
		return strconv.Itoa(e.PPID) + " " + strings.Join(e.ParentCmdline, " ")
	}
	return strings.TrimSpace(strconv.Itoa(e.PPID) + " " + e.Parent)
}

func seconds(s Seconds) string { return cpuText(float64(s)) }

func optionalSeconds(s *Seconds) string {
	if s == nil {
		return ""
	}
	return seconds(*s)
}

func cpuText(s float64) string {
	if s < 60 {
		return strconv.FormatFloat(s, 'f', 2, 64) + "s"
	}
	return time.Duration(s * float64(time.Second)).Round(time.Second).String()
}

func optionalBytes(b *uint64) string {
	if b == nil {
		return ""
	}
	return bytesText(float64(*b))
}

func bytesText(b float64) string {
	for _, unit := range []string{"B", "KiB", "MiB", "GiB"} {
		if b < 1024 {
			return strconv.FormatFloat(b, 'f', min(1, len(unit)-1), 64) + " " + unit
		}
		b /= 1024
	}
	return strconv.FormatFloat(b, 'f', 1, 64) + " TiB"
}
