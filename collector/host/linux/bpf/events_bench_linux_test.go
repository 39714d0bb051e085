package bpf

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/cilium/ebpf"
	"golang.org/x/sys/unix"
)

// BenchmarkEvents runs a program over and over and returns what one event costs in the kernel and here.
// One operation is a fork, an exec and an exit.
func BenchmarkEvents(b *testing.B) {
	events := eventsOrSkip(b, 0)
	stats, err := ebpf.EnableStats(uint32(unix.BPF_STATS_RUN_TIME))
	if err != nil {
		b.Skipf("SKIPPED: the kernel does not measure BPF programs: %v", err)
	}
	defer func() { _ = stats.Close() }()
	program := tinyProgram(b)
	stop := make(chan struct{})
	var reader sync.WaitGroup
	read, cpu := 0, time.Duration(0)
	reader.Go(func() {
		runtime.LockOSThread()
		began := threadCPU()
		for {
			if err := events.Read(200*time.Millisecond, func(*Event, *EventExitStatus, []byte, []byte) { read++ }); err != nil {
				b.Error(err)
				return
			}
			select {
			case <-stop:
				cpu = threadCPU() - began
				return
			default:
			}
		}
	})
	b.ResetTimer()
	runMany(b, program, b.N)
	b.StopTimer()
	close(stop)
	reader.Wait()
	counts, err := events.Counts()
	if err != nil {
		b.Fatal(err)
	}
	for name, p := range map[string]*ebpf.Program{"fork": events.objects.ProcessForked, "exec": events.objects.ProgramExecuted, "exit": events.objects.ProcessExited} {
		s, err := p.Stats()
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(s.Runtime)/float64(max(1, s.RunCount)), "ns/"+name)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "exec+exit/s")
	b.ReportMetric(float64(cpu)/float64(max(1, read)), "ns/read")
	b.ReportMetric(float64(counts.LostOf()), "lost")
}

func threadCPU() time.Duration {
	var r unix.Rusage
	_ = unix.Getrusage(unix.RUSAGE_THREAD, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// tinyProgram is the smallest one that there is, so that its start costs little.
func tinyProgram(b *testing.B) string {
	b.Helper()
	path, err := exec.LookPath("true")
	if runtime.GOARCH == "amd64" {
		path = filepath.Join(b.TempDir(), "tiny")
		err = os.WriteFile(path, tinyELF(), 0o700)
	}
	if err != nil {
		b.Fatal(err)
	}
	return path
}

// runMany runs a program so many times, on all CPUs.
func runMany(b *testing.B, program string, times int) {
	b.Helper()
	var wg sync.WaitGroup
	each := runtime.NumCPU()
	for worker := range each {
		wg.Go(func() {
			for i := worker; i < times; i += each {
				pid, err := syscall.ForkExec(program, []string{program, "--with", "some", "arguments"}, &syscall.ProcAttr{})
				if err != nil {
					b.Error(err)
					return
				}
				var status syscall.WaitStatus
				_, _ = syscall.Wait4(pid, &status, 0, nil)
			}
		})
	}
	wg.Wait()
}

// tinyELF is an executable for amd64 that calls exit(0) (elf(5)).
func tinyELF() []byte {
	const at = 0x400000
	code := []byte{0x31, 0xff, 0xb8, 0x3c, 0, 0, 0, 0x0f, 0x05} // xor edi,edi; mov eax,60; syscall
	le := func(n uint64, bytes int) (b []byte) {
		for range bytes {
			b, n = append(b, byte(n)), n>>8
		}
		return b
	}
	b := append([]byte{0x7f, 'E', 'L', 'F', 2, 1, 1}, make([]byte, 9)...)
	sizes := uint64(120 + len(code))
	for _, f := range [][2]uint64{ // value, bytes
		{2, 2},
		{62, 2},
		{1, 4},
		{at + 120, 8},
		{64, 8},
		{0, 8},
		{0, 4},
		{64, 2},
		{56, 2},
		{1, 2},
		{0, 2},
		{0, 2},
		{0, 2},
		{1, 4},
		{5, 4},
		{0, 8},
		{at, 8},
		{at, 8},
		{sizes, 8},
		{sizes, 8},
		{0x1000, 8},
	} {
		b = append(b, le(f[0], int(f[1]))...)
	}
	return append(b, code...)
}
