package linux

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// loadsOfDelays return the CPU time of operations at which the kernel counts delays, or begins to.
var loadsOfDelays = map[string]func() (cpu time.Duration, operations int){
	"block reads": readBlocks, "page copies": copyPages, "thread starts": startAndEndThreads,
}

const (
	delaysLoadRole = "delays-load"
	// delaysLoad names the load of a child of BenchmarkDelays.
	delaysLoad = "PROCTREE_TEST_DELAYS_LOAD"
)

// runDelaysLoad prints the CPU time of one operation in ns.
func runDelaysLoad() {
	cpu, operations := loadsOfDelays[os.Getenv(delaysLoad)]()
	_, _ = fmt.Fprintln(os.Stdout, int64(cpu)/int64(operations))
}

// cpuUsed returns the CPU time of this process.
func cpuUsed() time.Duration {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &now); err != nil {
		panic(err)
	}
	return time.Duration(now.Nano())
}

// readBlocks waits for a block device 3,000 times.
func readBlocks() (cpu time.Duration, reads int) {
	const block = 4096
	fd, err := unix.Open(os.Getenv(readFile), unix.O_RDONLY|unix.O_DIRECT, 0)
	if err != nil {
		panic(err)
	}
	buf, err := unix.Mmap(-1, 0, block, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		panic(err)
	}
	began := cpuUsed()
	for ; reads < 3000; reads++ {
		if _, err := unix.Pread(fd, buf, int64(reads%200)*block); err != nil {
			panic(err)
		}
	}
	return cpuUsed() - began, reads
}

// copyPages writes to pages that are shared until then (the kernel's wp_page_copy).
func copyPages() (cpu time.Duration, pages int) {
	size := os.Getpagesize()
	for range 20 {
		memory, err := unix.Mmap(-1, 0, 2000*size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
		if err != nil {
			panic(err)
		}
		// On a kernel without huge pages, this fails, and there is nothing to avoid.
		_ = unix.Madvise(memory, unix.MADV_NOHUGEPAGE)
		zeros := byte(0)
		for at := 0; at < len(memory); at += size {
			zeros += memory[at]
		}
		began := cpuUsed()
		for at := 0; at < len(memory); at += size {
			memory[at] = zeros + 1
			pages++
		}
		cpu += cpuUsed() - began
		if err := unix.Munmap(memory); err != nil {
			panic(err)
		}
	}
	return cpu, pages
}

// startAndEndThreads starts threads, for each of which the kernel makes a record of delays.
func startAndEndThreads() (cpu time.Duration, threads int) {
	began := cpuUsed()
	for ; threads < 3000; threads++ {
		done := make(chan struct{})
		go func() {
			runtime.LockOSThread() // The thread ends with its function.
			close(done)
		}()
		<-done
	}
	return cpuUsed() - began, threads
}

// BenchmarkDelays returns what delay accounting costs: the CPU time of operations with it, divided by that
// without it, of children in turns. Each iteration is one pair.
func BenchmarkDelays(b *testing.B) {
	path := fileOnDisk(b)
	for load := range loadsOfDelays {
		b.Run(load, func(b *testing.B) {
			var off, on, ratios []float64
			for b.Loop() {
				pair := [2]float64{}
				for i, value := range []string{"0", "1"} {
					setDelays(b, value)
					cmd := exec.CommandContext(b.Context(), "/proc/self/exe", "-test.run=^TestChild$")
					cmd.Env = append(os.Environ(), childRole+"="+delaysLoadRole, delaysLoad+"="+load, readFile+"="+path)
					out, err := cmd.Output()
					if err != nil {
						b.Fatalf("%v: %s", err, out)
					}
					first, _, _ := strings.Cut(string(out), "\n")
					if pair[i], err = strconv.ParseFloat(first, 64); err != nil {
						b.Fatalf("%v: %s", err, out)
					}
				}
				off, on, ratios = append(off, pair[0]), append(on, pair[1]), append(ratios, pair[1]/pair[0])
			}
			for _, list := range [][]float64{off, on, ratios} {
				slices.Sort(list)
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(off[0], "least-off-ns")
			b.ReportMetric(on[0], "least-on-ns")
			b.ReportMetric(ratios[len(ratios)/2], "×off")
		})
	}
}
