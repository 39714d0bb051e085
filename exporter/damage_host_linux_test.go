package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"proctree/collector"
	"proctree/collector/host/hosttest"
	"proctree/collector/host/system/systemtest"
)

// damagedHost is a whole made-up host, of which a test damages one file after the other,
// and an exporter that shows it.
type damagedHost struct {
	root    string
	handler http.Handler
	log     *lockedBuffer
	// files are the regular files of the host, by their paths below root.
	files []string
	step  step
	// now is how long the host has been up, in seconds, and how often each process has run.
	now uint64
}

// lockedBuffer is a bytes.Buffer for several goroutines.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

// problems counts what was logged as a warning or an error.
func (b *lockedBuffer) problems() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Count(b.buf.String(), "level=warn") + strings.Count(b.buf.String(), "level=error")
}

// damagedProcesses are those of the host, each in a group of its own. All have run, read,
// written and been swapped, so that a 0 in their place is none of theirs.
func damagedProcesses() []hosttest.TreeProcess {
	var all []hosttest.TreeProcess
	cgroups := []string{"0::/system.slice/ssh.service\n", "0::/lxc/101/ns/system.slice/web.service\n", "4:memory:/docker/" + strings.Repeat("ab", 32) + "\n0::/\n"}
	for i, name := range []string{"alpha", "beta", "gamma"} {
		n := uint64(i + 1)
		all = append(all, hosttest.TreeProcess{
			PID: 101 + i, PPID: 1, Name: name, StartTicks: 1000 * n, UserTicks: 111 * n, SystemTicks: 222 * n,
			ChildUserTicks: 33 * n, ChildSysTicks: 44 * n, Threads: 2 + i, Nice: 1 + i, UID: uint32(1000 + i),
			ResidentKB: 4096 * n, VirtualKB: 65536 * n, SwapKB: 128 * n, ReadBytes: 10001 * n, WrittenBytes: 20002 * n,
			MinorFaults: 501 * n, MajorFaults: 51 * n, VoluntarySwitches: 601 * n, InvoluntarySwitches: 61 * n,
			FDs: 3 + i, FDLimit: 1000 * n, Exe: "/usr/bin/" + name, Cmdline: []string{name, "--flag"}, Cgroup: cgroups[i],
			Files: map[string]string{"schedstat": fmt.Sprintf("%d 5 %d\n", 1000*n, 10*n)},
		})
	}
	return all
}

// damagedExtras are files beside those of systemtest.Root and of the processes.
func damagedExtras() map[string]string {
	const text = "# HELP job_seconds How long.\n# TYPE job_seconds gauge\njob_seconds{job=\"a\"} 5\njob_seconds{job=\"b\"} 6\n"
	return map[string]string{
		"etc/passwd":                                 "root:x:0:0::/:/bin/sh\nann:x:1000:1000::/:/bin/sh\nben:x:1001:1001::/:/bin/sh\n",
		"etc/hostname":                               "made-up\n",
		"proc/uptime":                                "50000.00 90000.00\n",
		"proc/1/status":                              "Name:\tinit\nUid:\t0\t0\t0\t0\nVmRSS:\t800 kB\nVmSwap:\t8 kB\n",
		"proc/40/status":                             "Name:\tforty\nUid:\t0\t0\t0\t0\nVmRSS:\t800 kB\nVmSwap:\t8 kB\n",
		"proc/52/status":                             "Name:\tworker\nUid:\t0\t0\t0\t0\n",
		"textfiles/job.prom":                         text,
		"textfiles/other.prom":                       "other_seconds 7\n",
		"sys/fs/cgroup/cgroup.controllers":           "cpu memory\n",
		"sys/fs/cgroup/system.slice/cpu.max":         "max 100000\n",
		"sys/fs/cgroup/lxc/101/cpu.max":              "50000 100000\n",
		"sys/fs/cgroup/lxc/101/cpu.stat":             "nr_periods 40\nnr_throttled 10\nthrottled_usec 2500000\n",
		"sys/fs/cgroup/lxc/101/memory.max":           "1000000\n",
		"sys/fs/cgroup/lxc/101/memory.current":       "900000\n",
		"sys/fs/cgroup/lxc/101/memory.stat":          "anon 500000\ninactive_file 300000\n",
		"sys/fs/cgroup/lxc/101/ns/system.slice/none": "1\n",
	}
}

// newDamagedHost writes the host and starts an exporter in this process, without a server.
// What is stuck holds up a scan for the deadline.
func newDamagedHost(tb testing.TB, deadline time.Duration) *damagedHost {
	tb.Helper()
	h := writeDamagedHost(tb)
	err := filepath.WalkDir(h.root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			h.files = append(h.files, strings.TrimPrefix(path, h.root+"/"))
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	slices.Sort(h.files)
	h.handler = h.start(tb, deadline)
	return h
}

// writeDamagedHost writes the host.
func writeDamagedHost(tb testing.TB) *damagedHost {
	tb.Helper()
	h := &damagedHost{root: systemtest.Root(tb), log: &lockedBuffer{}, now: 50_000}
	for _, p := range damagedProcesses() {
		p.Write(tb, filepath.Join(h.root, "proc"))
	}
	hosttest.WriteFiles(tb, h.root, damagedExtras())
	return h
}

func (h *damagedHost) start(tb testing.TB, deadline time.Duration, more ...string) http.Handler {
	tb.Helper()
	args := []string{
		"--path.procfs=" + h.root + "/proc", "--path.sysfs=" + h.root + "/sys", "--path.rootfs=" + h.root,
		"--collector.textfile.directory=" + h.root + "/textfiles", "--web.disable-exporter-metrics",
		"--scan.max-age=0s", "--scan.process-deadline=" + deadline.String(), "--host.reader=procfs", "--host.exits=children",
		"--collector.system_processes.states",
	}
	for _, spec := range collector.Table() {
		// It asks the kernel that runs the test.
		if spec.Name != "system_timex" && spec.Name != "system_tcpstat" {
			args = append(args, "--collector."+spec.Name)
		}
	}
	s, err := parseSettings(append(args, more...), h.log)
	if err != nil {
		tb.Fatal(err)
	}
	e, err := newExporter(s, newLoggers(h.log, "info", "logfmt"))
	if err != nil {
		tb.Fatal(err)
	}
	if err := e.open(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(e.close)
	return e.routes()
}

// longestAnswer is how long an answer may take on the slowest machine.
const longestAnswer = 2 * time.Minute

// get asks the exporter and returns the body of the answer.
func (h *damagedHost) get(tb testing.TB, path string) []byte {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), longestAnswer)
	defer cancel()
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "http://localhost"+path, http.NoBody)
	r.RemoteAddr = "127.0.0.1:1"
	w := httptest.NewRecorder()
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		h.handler.ServeHTTP(w, r)
	}()
	select {
	case <-answered:
	case <-time.After(longestAnswer):
		tb.Fatalf("%s: no answer within %v", path, longestAnswer)
	}
	if w.Code != http.StatusOK {
		tb.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	return w.Body.Bytes()
}

// read returns a file of the host.
func (h *damagedHost) read(tb testing.TB, file string) []byte {
	tb.Helper()
	content, err := os.ReadFile(filepath.Join(h.root, file))
	if err != nil {
		tb.Fatal(err)
	}
	return content
}

// write replaces a file of the host, whatever is in its place.
func (h *damagedHost) write(tb testing.TB, file string, content []byte) {
	tb.Helper()
	h.remove(tb, file)
	if err := os.WriteFile(filepath.Join(h.root, file), content, 0o600); err != nil {
		tb.Fatal(err)
	}
}

func (h *damagedHost) remove(tb testing.TB, file string) {
	tb.Helper()
	if err := os.RemoveAll(filepath.Join(h.root, file)); err != nil {
		tb.Fatal(err)
	}
}
