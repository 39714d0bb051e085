package tree

import (
	"proctree/collector/process"
	"proctree/tree-api/jsontext"
)

// AppendHostMetrics appends the members that change from scan to scan, the first without
// a comma before it.
func AppendHostMetrics(dst []byte, t *Tree) []byte {
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
	}
	if system.SwapTotalBytes != nil {
		dst = appendAmount(append(dst, `,"swap":`...), "free_bytes", *system.SwapTotalBytes, system.SwapFreeBytes)
	}
	if system.Load != [3]*float64{} {
		dst = append(dst, `,"load":[`...)
		for i, load := range system.Load {
			dst = jsontext.AppendComma(dst, i)
			if load == nil {
				dst = append(dst, "null"...)
			} else {
				dst = jsontext.AppendDecimal(dst, *load, jsontext.RatioDecimals)
			}
		}
		dst = append(dst, ']')
	}
	return appendPressure(dst, system.Pressure)
}

// appendAmount appends a total and, if it is known, what is left of it.
func appendAmount(dst []byte, rest string, total uint64, left *uint64) []byte {
	dst = jsontext.AppendUint(append(dst, `{"total_bytes":`...), total)
	if left != nil {
		dst = append(append(append(dst, `,"`...), rest...), `":`...)
		dst = jsontext.AppendUint(dst, *left)
	}
	return append(dst, '}')
}

func appendPressure(dst []byte, p *process.Pressure) []byte {
	if p == nil {
		return dst
	}
	dst = append(dst, `,"pressure":{`...)
	shown := 0
	for _, resource := range [...]struct {
		key   string
		share *float64
	}{{`"cpu":`, p.CPU}, {`"memory":`, p.Memory}, {`"io":`, p.IO}} {
		if resource.share != nil {
			dst = append(jsontext.AppendComma(dst, shown), resource.key...)
			dst = jsontext.AppendDecimal(dst, *resource.share, jsontext.RatioDecimals)
			shown++
		}
	}
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
