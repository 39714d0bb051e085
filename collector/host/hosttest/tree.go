package hosttest

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Tree describes a fake /proc. The zero value of each field is a small, plain host.
type Tree struct {
	Processes []TreeProcess
	// Uptime is seconds since the boot; 10000.
	Uptime float64
	// BootTime is when the host was booted, in Unix seconds; Epoch.
	BootTime int64
	// Files are further files, or other contents of those written anyway, by their path
	// in the tree. An empty content leaves the file out.
	Files map[string]string
}

// TreeProcess describes one process of a fake /proc. Values are in the units of the
// kernel's files: clock ticks, kB and bytes.
type TreeProcess struct {
	PID, PPID int
	// Name is the kernel's short name; any bytes.
	Name string
	// State is the letter of the state; S.
	State byte
	// Kernel makes it a thread of the kernel, without memory, command line and executable.
	Kernel                        bool
	StartTicks                    uint64
	UserTicks, SystemTicks        uint64
	ChildUserTicks, ChildSysTicks uint64
	// Threads is their number; 1.
	Threads                                int
	Nice                                   int
	UID                                    uint32
	ResidentKB, VirtualKB, SwapKB          uint64
	ReadBytes, WrittenBytes                uint64
	MinorFaults, MajorFaults               uint64
	VoluntarySwitches, InvoluntarySwitches uint64
	// FDs is how many descriptors are open.
	FDs int
	// FDLimit is the soft limit of descriptors; 1024.
	FDLimit uint64
	Exe     string
	Cmdline []string
	// Cgroup is the content of the file cgroup; the root of the unified hierarchy.
	Cgroup string
	// GPUs are the texts of fdinfo of further descriptors, which are of a GPU, by their numbers.
	GPUs map[int]string
	// Files are further files of the process, as in Tree.
	Files map[string]string
}

// Write writes the tree below a directory of the test's and returns its path.
func (tree Tree) Write(tb testing.TB) string {
	tb.Helper()
	root := tempDir(tb)
	WriteFiles(tb, root, tree.RootFiles())
	WriteFiles(tb, root, tree.Files)
	for _, p := range tree.Processes {
		p.Write(tb, root)
	}
	return root
}

// tempDir returns a directory that goes with the test, in memory where there is such a
// file system: trees are many small files, which a busy disk takes seconds for.
func tempDir(tb testing.TB) string {
	tb.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "proctree-test-") //nolint:usetesting // TempDir is on a disk
	if err != nil {
		return tb.TempDir()
	}
	tb.Cleanup(func() { must(tb, os.RemoveAll(dir)) })
	root := filepath.Join(dir, "proc")
	must(tb, os.Mkdir(root, 0o700))
	return root
}

// RootFiles are the files beside the processes; they say what System returns.
func (tree Tree) RootFiles() map[string]string {
	uptime, boot := cmp.Or(tree.Uptime, 10_000), cmp.Or(tree.BootTime, Epoch.Unix())
	return map[string]string{
		"uptime":                 fmt.Sprintf("%.2f 5000.00\n", uptime),
		"loadavg":                "0.50 0.25 0.125 1/100 4242\n",
		"meminfo":                "MemTotal: 8388608 kB\nMemAvailable: 6291456 kB\nSwapTotal: 1048576 kB\nSwapFree: 1048576 kB\n",
		"pressure/cpu":           "some avg10=25.00 avg60=0.00 avg300=0.00 total=1\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=1\n",
		"pressure/memory":        "some avg10=0.00 avg60=0.00 avg300=0.00 total=1\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=1\n",
		"pressure/io":            "some avg10=50.00 avg60=0.00 avg300=0.00 total=1\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=1\n",
		"sys/kernel/pid_max":     "32768\n",
		"sys/kernel/threads-max": "65536\n",
		"stat": fmt.Sprintf("cpu  5000 0 1000 360000 0 0 0 0 0 0\n"+
			"cpu0 1250 0 250 90000 0 0 0 0 0 0\ncpu1 1250 0 250 90000 0 0 0 0 0 0\n"+
			"cpu2 1250 0 250 90000 0 0 0 0 0 0\ncpu3 1250 0 250 90000 0 0 0 0 0 0\n"+
			"intr 1 2 3\nctxt 4\nbtime %d\nprocesses 1000\nprocs_running 1\nprocs_blocked 0\n", boot),
	}
}

// Write writes the process into a tree, or writes over the one with that PID.
func (p TreeProcess) Write(tb testing.TB, root string) {
	tb.Helper()
	p.Remove(tb, root)
	dir := filepath.Join(root, strconv.Itoa(p.PID))
	files := map[string]string{
		"stat":    p.stat(),
		"status":  p.status(),
		"io":      p.io(),
		"comm":    p.Name + "\n",
		"cgroup":  cmp.Or(p.Cgroup, "0::/\n"),
		"limits":  p.limits(),
		"cmdline": "",
	}
	WriteFiles(tb, dir, files)
	// An empty file, unlike those that are left out.
	cmdline := ""
	if len(p.Cmdline) > 0 {
		cmdline = strings.Join(p.Cmdline, "\x00") + "\x00"
	}
	must(tb, os.WriteFile(filepath.Join(dir, "cmdline"), []byte(cmdline), 0o600))
	must(tb, os.MkdirAll(filepath.Join(dir, "fd"), 0o700))
	for fd := range p.FDs {
		must(tb, os.Symlink("/dev/null", filepath.Join(dir, "fd", strconv.Itoa(fd))))
	}
	for fd, text := range p.GPUs {
		must(tb, os.Symlink("/dev/dri/renderD128", filepath.Join(dir, "fd", strconv.Itoa(fd))))
		WriteFiles(tb, dir, map[string]string{"fdinfo/" + strconv.Itoa(fd): text})
	}
	if p.Exe != "" {
		must(tb, os.Symlink(p.Exe, filepath.Join(dir, "exe")))
	}
	WriteFiles(tb, dir, p.Files)
}

// Remove takes the process out of a tree.
func (p TreeProcess) Remove(tb testing.TB, root string) {
	tb.Helper()
	must(tb, os.RemoveAll(filepath.Join(root, strconv.Itoa(p.PID))))
}

// WriteFiles writes files by their path below dir. An empty content removes the file.
func WriteFiles(tb testing.TB, dir string, files map[string]string) {
	tb.Helper()
	for name, content := range files {
		path := filepath.Join(dir, name)
		must(tb, os.MkdirAll(filepath.Dir(path), 0o700))
		if content == "" {
			must(tb, os.RemoveAll(path))
			continue
		}
		must(tb, os.WriteFile(path, []byte(content), 0o600))
	}
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
