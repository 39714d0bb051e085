//go:build !linux

package portable

import (
	"context"
	"runtime"
	"time"

	"github.com/shirou/gopsutil/v3/cpu"
	"github.com/shirou/gopsutil/v3/host"
	"github.com/shirou/gopsutil/v3/load"
	"github.com/shirou/gopsutil/v3/mem"

	"proctree/collector/process"
)

// ReadSystem reads what gopsutil knows of the host; the rest stays zero.
func ReadSystem(ctx context.Context) process.System {
	var s process.System
	s.CPUs, _ = cpu.CountsWithContext(ctx, true)
	if boot, err := host.BootTimeWithContext(ctx); err == nil {
		s.BootTime = time.Unix(int64(boot), 0)
	}
	if memory, err := mem.VirtualMemoryWithContext(ctx); err == nil {
		s.MemoryTotalBytes, s.MemoryAvailableBytes = memory.Total, &memory.Available
	}
	// On Windows gopsutil's swap is the commit limit, and its load a guess that a
	// goroutine makes from then on.
	if runtime.GOOS != "windows" {
		if swap, err := mem.SwapMemoryWithContext(ctx); err == nil {
			s.SwapTotalBytes, s.SwapFreeBytes = &swap.Total, &swap.Free
		}
		if averages, err := load.AvgWithContext(ctx); err == nil {
			s.Load = [3]*float64{&averages.Load1, &averages.Load5, &averages.Load15}
		}
	}
	if times, err := cpu.TimesWithContext(ctx, false); err == nil && len(times) == 1 {
		t := times[0]
		s.CPUBusy = time.Duration((t.User + t.Nice + t.System + t.Irq + t.Softirq + t.Steal) * float64(time.Second))
		s.CPUIdle = time.Duration((t.Idle + t.Iowait) * float64(time.Second))
	}
	return s
}
