package host

import (
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"proctree/collector/process"
)

// BenchmarkScan scans this host, and beside it, in turns, does no more than open, read and
// close the same files; the ratio of CPU time of the two is what a scan costs beyond what
// the kernel asks for. Give it a host with many processes: below some hundreds the files
// of the whole host weigh. "whole" reads every process at every scan; "rest" is as in
// production, where those that have not run are spared.
func BenchmarkScan(b *testing.B) {
	b.Run("whole", func(b *testing.B) { benchmarkScan(b, func(r *procfsReader) { r.caps.schedstat = false }) })
	b.Run("rest", func(b *testing.B) { benchmarkScan(b, func(*procfsReader) {}) })
}

func benchmarkScan(b *testing.B, prepare func(*procfsReader)) {
	b.Helper()
	r, err := newProcfsReader(Config{}.withDefaults())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = r.Close() })
	prepare(r)
	var scans, floors []float64
	processes := 0
	b.ReportAllocs()
	for b.Loop() {
		began := cpuTime(b)
		s, err := r.Read(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		scans = append(scans, float64(cpuTime(b)-began))
		processes = len(s.Processes)

		began = cpuTime(b)
		readFloor(r, s)
		floors = append(floors, float64(cpuTime(b)-began))
	}
	slices.Sort(scans)
	slices.Sort(floors)
	scan, floor := scans[len(scans)/2], floors[len(floors)/2]
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(scan/float64(processes)/1e3, "µs/process")
	b.ReportMetric(floor/float64(processes)/1e3, "floor-µs/process")
	b.ReportMetric(scan/floor, "×floor")
	b.ReportMetric(float64(processes), "processes")
}

// readFloor lists /proc, and opens, reads and closes what a scan reads.
func readFloor(r *procfsReader, s *process.Snapshot) {
	pids, _ := r.proc.pids(nil, r.entries)
	files := newPIDFiles(r.proc, r.caps)
	for _, pid := range pids {
		_, _ = readAt(r.proc.fd, files.pathOf(int(pid), "stat"), files.stat)
		_, _ = readAt(r.proc.fd, files.pathOf(int(pid), "status"), files.file)
		_, _ = readAt(r.proc.fd, files.pathOf(int(pid), "io"), files.file)
		if p := s.ByPID(int(pid)); p != nil && !p.Kernel {
			_, _ = files.sizeOf(files.pathOf(int(pid), "fd"))
		}
	}
}

// cpuTime is what all threads of this process have used.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &ts); err != nil {
		b.Fatal(err)
	}
	return time.Duration(ts.Nano())
}
