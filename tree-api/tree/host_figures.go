package tree

import (
	"proctree/collector/process"
	"proctree/tree-api/jsontext"
)

// AppendHostFigures appends the members that change from scan to scan, the first without
// a comma before it.
func AppendHostFigures(dst []byte, t *Tree) []byte {
	snapshot := t.Report.Snapshot
	system := snapshot.System
	uptime := max(0, snapshot.Taken.Sub(snapshot.BootTime()))
	dst = jsontext.AppendDecimal(append(dst, `"uptime_seconds":`...), uptime.Seconds(), 0)
	if cores, ok := t.busyCores(); ok {
		dst = jsontext.AppendDecimal(append(dst, `,"cpu":{"busy_cores":`...), cores, jsontext.CoreDecimals)
		dst = append(dst, '}')
	}
	if system.MemoryTotalBytes > 0 {
		dst = appendAmount(append(dst, `,"memory":`...), "available_bytes", system.MemoryTotalBytes, system.MemoryAvailableBytes)
		dst = appendAmount(append(dst, `,"swap":`...), "free_bytes", system.SwapTotalBytes, system.SwapFreeBytes)
	}
	// A load of exactly 0 over a quarter of an hour is far rarer than a system that has no
	// such figure.
	if system.Load != [3]float64{} {
		dst = append(dst, `,"load":[`...)
		for i, load := range system.Load {
			dst = jsontext.AppendComma(dst, i)
			dst = jsontext.AppendDecimal(dst, load, jsontext.RatioDecimals)
		}
		dst = append(dst, ']')
	}
	return appendPressure(dst, system.Pressure)
}

func appendAmount(dst []byte, rest string, total, left uint64) []byte {
	dst = jsontext.AppendUint(append(dst, `{"total_bytes":`...), total)
	dst = append(append(append(dst, `,"`...), rest...), `":`...)
	return append(jsontext.AppendUint(dst, left), '}')
}

func appendPressure(dst []byte, p *process.Pressure) []byte {
	if p == nil {
		return dst
	}
	dst = jsontext.AppendDecimal(append(dst, `,"pressure":{"cpu":`...), p.CPU, jsontext.RatioDecimals)
	dst = jsontext.AppendDecimal(append(dst, `,"memory":`...), p.Memory, jsontext.RatioDecimals)
	dst = jsontext.AppendDecimal(append(dst, `,"io":`...), p.IO, jsontext.RatioDecimals)
	return append(dst, '}')
}

// busyCores is how many CPUs were busy on average since the scan before. Busy and idle time
// come from one reading of the kernel's counters and so need no clock: the moment that the
// scan bears is another one, and on a saturated host the time between the two varies.
func (t *Tree) busyCores() (float64, bool) {
	now := t.Report.Snapshot.System
	if t.Previous == nil || now.CPUBusy == 0 || t.Previous.System.CPUBusy == 0 {
		return 0, false // At least one of the readings failed.
	}
	busy := now.CPUBusy - t.Previous.System.CPUBusy
	// Of an idle CPU the kernel may take back a moment.
	idle := max(0, now.CPUIdle-t.Previous.System.CPUIdle)
	if busy < 0 || busy+idle == 0 || now.CPUs == 0 {
		return 0, false
	}
	return float64(now.CPUs) * busy.Seconds() / (busy + idle).Seconds(), true
}
