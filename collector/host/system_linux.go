package host

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/procfs"

	"proctree/collector/process"
)

// ReadSystem reads the figures of the whole host. What cannot be read is left out and
// counted: each scan stands without them.
func ReadSystem(fs procfs.FS, root string) (process.System, failures) {
	var s process.System
	var failed failures
	for _, read := range []func(procfs.FS, *process.System) error{readProcStat, readMeminfo, readLoad, readPressure} {
		failed.add(read(fs, &s))
	}
	s.PIDLimit = pidLimit(root)
	return s, failed
}

func readProcStat(fs procfs.FS, s *process.System) error {
	stat, err := fs.Stat()
	if err != nil {
		return err
	}
	s.Forks, s.CPUs = stat.ProcessCreated, len(stat.CPU)
	// User and nice include what guests used.
	c := stat.CPUTotal
	s.CPUBusy = seconds(c.User + c.Nice + c.System + c.IRQ + c.SoftIRQ + c.Steal)
	s.CPUIdle = seconds(c.Idle + c.Iowait)
	return nil
}

func readMeminfo(fs procfs.FS, s *process.System) error {
	memory, err := fs.Meminfo()
	if err != nil {
		return err
	}
	for _, field := range []struct {
		into *uint64
		from *uint64
	}{
		{&s.MemoryTotalBytes, memory.MemTotalBytes},
		{&s.MemoryAvailableBytes, memory.MemAvailableBytes},
		{&s.SwapTotalBytes, memory.SwapTotalBytes},
		{&s.SwapFreeBytes, memory.SwapFreeBytes},
	} {
		if field.from != nil {
			*field.into = *field.from
		}
	}
	return nil
}

func readLoad(fs procfs.FS, s *process.System) error {
	load, err := fs.LoadAvg()
	if err != nil {
		return err
	}
	s.Load = [3]float64{load.Load1, load.Load5, load.Load15}
	return nil
}

// readPressure leaves Pressure nil where the kernel has no pressure stall information, or
// has it switched off (EOPNOTSUPP): neither is an error.
func readPressure(fs procfs.FS, s *process.System) error {
	var p process.Pressure
	for _, resource := range []struct {
		name string
		into *float64
	}{{"cpu", &p.CPU}, {"memory", &p.Memory}, {"io", &p.IO}} {
		stats, err := fs.PSIStatsForResource(resource.name)
		if err != nil || stats.Some == nil {
			return nil //nolint:nilerr // said above
		}
		*resource.into = stats.Some.Avg10 / 100
	}
	s.Pressure = &p
	return nil
}

// pidLimit is the smaller of what PIDs there are (pid_max) and how many tasks may be
// (threads-max, both proc_sys_kernel(5)); 0 if neither is known.
func pidLimit(root string) uint64 {
	limit := uint64(0)
	for _, name := range []string{"pid_max", "threads-max"} {
		content, err := os.ReadFile(filepath.Join(root, "sys/kernel", name))
		if err != nil {
			continue
		}
		n, err := strconv.ParseUint(strings.TrimSpace(string(content)), 10, 64)
		if err == nil && (limit == 0 || n < limit) {
			limit = n
		}
	}
	return limit
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
