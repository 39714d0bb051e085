package ledger

import (
	"time"

	"proctree/collector/process"
)

// Peak is the worst value of the host.
type Peak struct {
	// What is one of busy_cores, memory_used, pressure_cpu, pressure_memory, pressure_io and processes.
	What  string
	Value float64
	At    time.Time
}

// note compares a table with the worst so far.
func (b *builder) note(now time.Time, processes int, host *process.Snapshot) {
	system := &host.System
	if b.last != nil {
		b.peak("busy_cores", BusyCores(b.last, host), now)
	}
	if system.MemoryTotalBytes > 0 && system.MemoryAvailableBytes != nil {
		b.peak("memory_used", new(1-float64(*system.MemoryAvailableBytes)/float64(system.MemoryTotalBytes)), now)
	}
	if p := system.Pressure; p != nil {
		b.peak("pressure_cpu", p.CPU, now)
		b.peak("pressure_memory", p.Memory, now)
		b.peak("pressure_io", p.IO, now)
	}
	b.peak("processes", new(float64(processes)), now)
}

func (b *builder) peak(what string, value *float64, now time.Time) {
	if value == nil {
		return
	}
	for i := range b.l.Peaks {
		if p := &b.l.Peaks[i]; p.What == what {
			if *value > p.Value {
				p.Value, p.At = *value, now
			}
			return
		}
	}
	b.l.Peaks = append(b.l.Peaks, Peak{what, *value, now})
}

// BusyCores is how many CPUs were busy on average between two tables; nil where that is not known.
func BusyCores(before, now *process.Snapshot) *float64 {
	busy := now.System.CPUBusy - before.System.CPUBusy
	idle := max(0, now.System.CPUIdle-before.System.CPUIdle)
	if now.System.CPUBusy == 0 || before.System.CPUBusy == 0 || busy < 0 || busy+idle == 0 || now.System.CPUs == 0 {
		return nil
	}
	return new(float64(now.System.CPUs) * busy.Seconds() / (busy + idle).Seconds())
}
