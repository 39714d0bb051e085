package linux

import (
	"io"
	"slices"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"proctree/collector/host/linux/procfs"
	"proctree/collector/process"
)

// BenchmarkScan scans this host, and beside it, in turns, does no more than open, read and
// close the same files; the ratio of CPU time of the two is what a scan costs beyond what
// the kernel asks for. Give it a host with many processes: below some hundreds the files
// of the whole host weigh. "whole" reads every process at every scan; "rest" is as in
// production, where those that have not run are spared.
func BenchmarkScan(b *testing.B) {
	b.Run("whole", func(b *testing.B) { benchmarkScan(b, func(r *Reader) { r.scanner.ReadAll() }) })
	b.Run("rest", func(b *testing.B) { benchmarkScan(b, func(*Reader) {}) })
}

func benchmarkScan(b *testing.B, prepare func(*Reader)) {
	b.Helper()
	r, err := newReader(Config{}.WithDefaults())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = r.Close() })
	prepare(r)
	var scans, floors []float64
	processes, buf := 0, make([]byte, 64<<10)
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
		readFloor(b, r, s, buf)
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
func readFloor(b *testing.B, r *Reader, s *process.Snapshot, buf []byte) {
	b.Helper()
	dir := r.proc.FD
	if _, err := unix.Seek(dir, 0, io.SeekStart); err != nil {
		b.Fatal(err)
	}
	for {
		if n, err := unix.Getdents(dir, buf); n <= 0 || err != nil {
			break
		}
	}
	var path []byte
	var statx unix.Statx_t
	for i := range s.Processes {
		for _, file := range [...]string{"stat", "status", "io"} {
			path = procfs.PIDPath(path, s.Processes[i].PID, file)
			_, _ = procfs.ReadAt(dir, path, buf)
		}
		if !s.Processes[i].Kernel {
			path = procfs.PIDPath(path, s.Processes[i].PID, "fd")
			_, _, _ = unix.Syscall6(unix.SYS_STATX, uintptr(dir), uintptr(unsafe.Pointer(&path[0])), 0, unix.STATX_SIZE, uintptr(unsafe.Pointer(&statx)), 0)
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
