package procfile

import (
	"strings"
	"time"
)

// TicksPerSecond is USER_HZ, the unit of CPU time on every architecture that Go supports
// (time(7)).
const TicksPerSecond = 100

// The columns of a CPU's line in /proc/stat (proc_stat(5)). User and Nice include what
// guests used.
const (
	User = iota
	Nice
	System
	Idle
	Iowait
	IRQ
	Softirq
	Steal
	Guest
	GuestNice
	CPUColumns
)

// CPUTicks is one CPU's line of /proc/stat.
type CPUTicks struct {
	Ticks [CPUColumns]uint64
	// Columns is how many columns the line has; old kernels have fewer.
	Columns int
	// known has a bit for each column that was parsed.
	known uint16
}

// Has reports whether a column is known.
func (t *CPUTicks) Has(column int) bool { return t.known&(1<<column) != 0 }

// Set sets a column, which is known from then on.
func (t *CPUTicks) Set(column int, ticks uint64) {
	t.Ticks[column] = ticks
	t.known |= 1 << column
}

// Sum adds up columns. A column that the kernel does not have counts as 0; ok is false if one
// that it has is not known.
func (t *CPUTicks) Sum(columns ...int) (sum uint64, ok bool) {
	for _, c := range columns {
		if c < t.Columns && !t.Has(c) {
			return 0, false
		}
		sum += t.Ticks[c]
	}
	return sum, t.Columns > Idle
}

// CPU is one CPU that is online.
type CPU struct {
	// Name is the kernel's number of it.
	Name string
	CPUTicks
}

// Stat is what is of interest in /proc/stat. A nil counter is not known.
type Stat struct {
	// All is the sum of all CPUs.
	All  CPUTicks
	CPUs []CPU
	// Partial tells that the file ends among the CPUs: there may be more of them.
	Partial bool
	// Boot is when the host was started; zero is not known.
	Boot                               time.Time
	Interrupts, ContextSwitches, Forks *uint64
	// Running and Blocked are the tasks that run or could, and that wait for I/O.
	Running, Blocked *uint64
}

// ParseStat parses /proc/stat (proc_stat(5)). No CPU can have been in one mode for longer
// than longest; 0 does not tell.
func ParseStat(text string, longest time.Duration, d *Damage) Stat {
	p := statParser{d: d, most: maxCounter, cpus: make(map[string]bool), seen: make(map[string]bool)}
	if longest > 0 {
		p.most = uint64(longest / (time.Second / TicksPerSecond))
	}
	d.NeedLine(statFile, text)
	whole := d.WholeLines(statFile, text)
	p.stat.Partial = strings.HasPrefix(text[len(whole):], "c") && !strings.HasPrefix(text[len(whole):], "ct")
	for line := range Lines(whole) {
		key, rest, _ := strings.Cut(line, " ")
		if number, ok := strings.CutPrefix(key, "cpu"); ok {
			p.cpu(number, rest)
			continue
		}
		// The lines of the interrupts go on with one number for each of them.
		first, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
		p.kernel(key, first)
	}
	p.checkSum()
	return p.stat
}

const statFile = "/proc/stat"

// checkSum drops from the sum of all CPUs what they cannot have been busy for. The sum still
// counts CPUs that are offline, so that it may be several times what those in the file allow.
func (p *statParser) checkSum() {
	if len(p.stat.CPUs) == 0 || p.most == maxCounter {
		return
	}
	most := 8 * p.most * uint64(len(p.stat.CPUs))
	all := &p.stat.All
	for column, n := range all.Ticks {
		if n > most {
			all.known &^= 1 << column
			all.Ticks[column] = 0
			p.d.Lost(statFile+": cpu", impossible)
		}
	}
}

type statParser struct {
	stat       Stat
	d          *Damage
	most       uint64
	cpus, seen map[string]bool
}

// cpu takes over the line of a CPU, or of all if the number is empty.
func (p *statParser) cpu(number, columns string) {
	where := statFile + ": cpu" + number
	switch {
	case !isDigits(number):
		p.d.Lost(statFile+": cpu", badName)
		return
	case p.cpus[number]:
		p.d.Lost(where, twice)
		return
	}
	p.cpus[number] = true
	// The sum of all CPUs may be as long as they are many.
	most := p.most
	if number == "" {
		most = maxCounter
	}
	ticks, why := parseTicks(columns, most)
	if why != "" {
		p.d.Lost(where, why)
	}
	if number == "" {
		p.stat.All = ticks
		return
	}
	p.stat.CPUs = append(p.stat.CPUs, CPU{number, ticks})
}

func isDigits(s string) bool {
	return len(s) <= 10 && strings.Trim(s, "0123456789") == ""
}

// parseTicks parses the columns of a CPU's line: those that it can.
func parseTicks(columns string, most uint64) (t CPUTicks, why string) {
	column := 0
	for field := range strings.FieldsSeq(columns) {
		if column == CPUColumns {
			break
		}
		t.Columns++
		if n, wrong := parseNumber(field, most); wrong == "" {
			t.Set(column, n)
		} else {
			why = wrong
		}
		column++
	}
	// The first kernels of version 2 already had four.
	if column <= Idle {
		why = "fewer than 4 columns"
	}
	return t, why
}

// earliestBoot is when Linux was first released, in seconds since 1970. A kernel whose clock
// was not set when it started, as on boards without one, shows 0 or little more until it is.
const earliestBoot = 684_547_200 // 1991-09-17

// bootAhead is by how much a boot may lie in the future: of a container's file (lxcfs), and of
// the clocks of two hosts.
const bootAhead = 24 * time.Hour

// kernel takes over the line of another key, if it is of interest.
func (p *statParser) kernel(key, text string) {
	s := &p.stat
	var into **uint64
	most := uint64(maxCounter)
	if !IsName(key) {
		p.d.Lost(statFile, badName)
		return
	}
	switch key {
	case "intr":
		into = &s.Interrupts
	case "ctxt":
		into = &s.ContextSwitches
	case "processes":
		into = &s.Forks
	case "procs_running":
		into, most = &s.Running, maxTasks
	case "procs_blocked":
		into, most = &s.Blocked, maxTasks
	case "btime":
		most = uint64(time.Now().Add(bootAhead).Unix())
	default:
		return
	}
	where := statFile + ": " + key
	if p.seen[key] {
		p.d.Lost(where, twice)
		return
	}
	p.seen[key] = true
	n, ok := p.d.number(where, text, most)
	switch {
	case !ok:
	case into == nil && n < earliestBoot:
		p.d.Lost(where, impossible)
	case into == nil:
		s.Boot = time.Unix(int64(n), 0)
	default:
		*into = &n
	}
}
