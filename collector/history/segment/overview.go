package segment

import (
	"encoding/binary"
	"time"

	"proctree/collector/process"
)

// Summary is the whole host at one moment. One a minute is outside of the compressed stream, so that days
// can be looked through without reading their tables.
type Summary struct {
	Time time.Time
	// Processes is how many there are.
	Processes int
	// BusyCores is how many CPUs were busy since the table before; nil where it is not known.
	BusyCores *float64
	// MemoryTotalBytes is 0 where it is not known.
	MemoryTotalBytes     uint64
	MemoryAvailableBytes *uint64
	Pressure             process.Pressure
	// Crashes and OOMKills are how many processes ended so since the summary before.
	Crashes, OOMKills uint64
	// Uptime is how long the host had run, in whole seconds; 0 where it is not known.
	Uptime time.Duration
}

// ends counts how processes ended.
type ends struct{ crashes, oomKills uint64 }

func (e *ends) add(exits []process.Exit) {
	for i := range exits {
		switch x := &exits[i]; {
		case x.Reason == process.OOMKilled:
			e.oomKills += max(1, x.Processes)
		case process.Crashed(x.Reason):
			e.crashes += max(1, x.Processes)
		}
	}
}

// Summary returns that of a table. before is what Host returned for the table before, nil for none.
func (s *Step) Summary(before *process.Snapshot) (*Summary, *process.Snapshot, error) {
	var ended ends
	exits, _, err := s.Exits()
	if err != nil {
		return nil, nil, err
	}
	ended.add(exits)
	host := s.Host()
	host.Taken = s.Time
	return overviewOf(host, s.Len(), before, ended), host, nil
}

// overviewOf returns the summary of a host with so many processes.
func overviewOf(s *process.Snapshot, processes int, before *process.Snapshot, since ends) *Summary {
	o := &Summary{
		Time: s.Taken, Processes: processes,
		MemoryTotalBytes: s.System.MemoryTotalBytes, MemoryAvailableBytes: s.System.MemoryAvailableBytes,
		Crashes: since.crashes, OOMKills: since.oomKills,
	}
	if perSecond := s.Clock.TicksPerSecond; perSecond > 0 {
		o.Uptime = time.Duration(s.Clock.Now/perSecond) * time.Second
	}
	if s.System.Pressure != nil {
		o.Pressure = *s.System.Pressure
	}
	if before != nil {
		o.BusyCores = busyCores(&s.System, &before.System)
	}
	return o
}

// busyCores is the average between two readings of the kernel's counters, in thousandths of a CPU.
func busyCores(now, before *process.System) *float64 {
	busy := now.CPUBusy - before.CPUBusy
	idle := max(0, now.CPUIdle-before.CPUIdle)
	if now.CPUBusy == 0 || before.CPUBusy == 0 || busy < 0 || busy+idle == 0 || now.CPUs == 0 {
		return nil
	}
	return new(float64(now.CPUs) * busy.Seconds() / (busy + idle).Seconds())
}

// encode writes the metrics as a list of numbers. A later version may add some at the end.
func (o *Summary) encode() []byte {
	numbers := []uint64{
		uint64(o.Processes), ratio(rounded(o.BusyCores)), pages(o.MemoryTotalBytes), optional(o.MemoryAvailableBytes),
		ratio(o.Pressure.CPU), ratio(o.Pressure.Memory), ratio(o.Pressure.IO),
		o.Crashes, o.OOMKills, uint64(o.Uptime / time.Second),
	}
	dst := binary.AppendUvarint(nil, uint64(len(numbers)))
	for _, n := range numbers {
		dst = binary.AppendUvarint(dst, n)
	}
	return dst
}

func rounded(f *float64) *float64 {
	if f == nil {
		return nil
	}
	return new(float64(int64(*f*1e3+0.5)) / 1e3)
}

func decodeOverview(f *Frame) (*Summary, bool) {
	in := &input{b: f.Payload}
	numbers := make([]uint64, 10)
	n := in.count()
	for i := range numbers[:min(n, len(numbers))] {
		numbers[i] = in.uvarint()
	}
	o := &Summary{
		Time: time.Unix(0, f.Time), Processes: int(numbers[0]), BusyCores: absentOr(numbers[1]),
		MemoryTotalBytes: bytesOf(numbers[2]), MemoryAvailableBytes: pointer(numbers[3]),
		Pressure: process.Pressure{CPU: absentOr(numbers[4]), Memory: absentOr(numbers[5]), IO: absentOr(numbers[6])},
		Crashes:  numbers[7], OOMKills: numbers[8], Uptime: time.Duration(numbers[9]&(1<<32-1)) * time.Second,
	}
	return o, !in.failed
}

func absentOr(v uint64) *float64 {
	if v == 0 {
		return nil
	}
	return ratioOf(v)
}
