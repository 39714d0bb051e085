package bpf

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// walkRole names what this test binary does as a child of the tests of the walk.
const walkRole = "PROCTREE_TEST_WALK"

const (
	mappedPages = 2000
	sharedFiles = 10
	manyThreads = 3 * 256
)

// child is a process for a test to look at.
type child struct {
	// pid is the process to look at, parent that which made it if it is not our own child.
	pid, parent int
	// said is the rest of the line that it wrote.
	said string
	// goOn lets it do what it is there for, end ends it.
	goOn, end func()
}

// walkChild starts this binary in a role. It lives until the end of the test.
func walkChild(t *testing.T, role string, attr *syscall.SysProcAttr) *child {
	t.Helper()
	return startWalkChild(t, exec.CommandContext(t.Context(), "/proc/self/exe", "-test.run=^TestWalkChild$"), role, attr)
}

// walkChildIn starts it in a control group.
func walkChildIn(t *testing.T, group, role string) *child {
	t.Helper()
	self, err := os.Executable()
	check(t, err)
	cmd := exec.CommandContext(t.Context(), "sh", "-c", `echo $$ >"$0"/cgroup.procs && exec "$@"`, group, self, "-test.run=^TestWalkChild$")
	return startWalkChild(t, cmd, role, nil)
}

func startWalkChild(t *testing.T, cmd *exec.Cmd, role string, attr *syscall.SysProcAttr) *child {
	t.Helper()
	cmd.Env = append(os.Environ(), walkRole+"="+role, "PROCTREE_TEST_DIR="+t.TempDir(), "GOMAXPROCS=2")
	cmd.SysProcAttr, cmd.Stderr = attr, os.Stderr
	stdin, err := cmd.StdinPipe()
	check(t, err)
	stdout, err := cmd.StdoutPipe()
	check(t, err)
	check(t, cmd.Start())
	c := &child{pid: cmd.Process.Pid}
	c.goOn = func() { _, _ = stdin.Write([]byte("\n")) }
	ended := false
	c.end = func() {
		if ended {
			return
		}
		ended = true
		_ = stdin.Close()
		_ = cmd.Process.Kill()
		if c.parent != 0 {
			_ = unix.Kill(c.pid, unix.SIGKILL)
		}
		_ = cmd.Wait()
	}
	t.Cleanup(c.end)
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("%s said %q: %v", role, line, err)
	}
	number, said, _ := strings.Cut(strings.TrimSpace(line), " ")
	c.said = said
	if pid := 0; number != "ready" {
		if _, err := fmt.Sscan(number, &pid); err != nil {
			t.Fatalf("%s said %q", role, line)
		}
		c.pid, c.parent = pid, cmd.Process.Pid
	}
	return c
}

// TestWalkChild is no test: it is what a child started by walkChild runs.
func TestWalkChild(t *testing.T) {
	role := walkRoles[os.Getenv(walkRole)]
	if role == nil {
		t.Skip("runs only as the child of another test")
	}
	// It must not outlive a test that is killed.
	_ = unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0)
	role()
	os.Exit(0) //nolint:forbidigo // the checks at the end of a test binary are not for this process
}

// say writes a line to the test.
func say(words ...any) { _, _ = fmt.Fprintln(os.Stdout, words...) }

// ready tells the test to go on, and waits for it to.
func ready(said ...any) {
	say(append([]any{"ready"}, said...)...)
	_, _ = bufio.NewReader(os.Stdin).ReadByte()
}

// always does something over and over until the test ends.
func always(do func()) {
	go func() {
		for {
			do()
			time.Sleep(time.Millisecond)
		}
	}()
	ready()
}

var walkRoles map[string]func()

func init() {
	walkRoles = map[string]func(){
		"sleep": func() { sleepFor(); ready() },
		"forks": func() { always(func() { _ = exec.Command("true").Run() }) },
		"threads": func() {
			always(func() { inThread(func() { burn(100 * time.Microsecond) }) })
		},
		"names": func() {
			n := 0
			always(func() {
				n++
				// Another thread gives the process, which is its first thread, a name.
				inThread(func() { _ = os.WriteFile("/proc/self/comm", fmt.Appendf(nil, "name-%d", n), 0) })
			})
		},
		"users": func() {
			n := 0
			always(func() { n++; _ = syscall.Setresuid(-1, n%3*1000, 0) })
		},
		"orphans":  func() { always(func() { _ = exec.Command("sh", "-c", "(sleep 0.02 &) & (sleep 0.01)").Run() }) },
		"programs": func() { always(func() { _ = exec.Command("sh", "-c", "exec sh -c 'exec sleep 0.01'").Run() }) },
		"pages":    mapPages,
		"grandchild": func() {
			cmd := exec.Command("sleep", "600")
			if err := cmd.Start(); err != nil {
				panic(err)
			}
			say(cmd.Process.Pid)
			_, _ = bufio.NewReader(os.Stdin).ReadByte()
		},
		"shared files":  func() { share(unix.CLONE_FILES, openFiles) },
		"shared memory": func() { share(unix.CLONE_VM|unix.CLONE_VFORK, mapMore) },
		"many threads": func() {
			startMany(func() { select {} })
			ready()
		},
		"many ending threads": func() {
			startMany(func() { burn(10 * time.Microsecond); time.Sleep(time.Second) })
			ready()
		},
		"namespace": countInNamespace,
	}
}

// sleepFor leaves one thread asleep as far as a Go program can.
func sleepFor() { runtime.GC() }

func burn(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); {
	}
}

// inThread runs something in a thread of its own, which ends with it.
func inThread(do func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		do()
	}()
	<-done
}

func startMany(do func()) {
	for range manyThreads {
		go func() {
			for {
				inThread(do)
			}
		}()
	}
	for {
		if entries, _ := os.ReadDir("/proc/self/task"); len(entries) > manyThreads {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// mapPages has pages of a file in memory, which the kernel can take away.
func mapPages() {
	path := filepath.Join(os.Getenv("PROCTREE_TEST_DIR"), "pages")
	size := mappedPages * os.Getpagesize()
	if err := os.WriteFile(path, make([]byte, size), 0o600); err != nil {
		panic(err)
	}
	f, err := os.Open(path)
	if err != nil {
		panic(err)
	}
	_ = unix.Fsync(int(f.Fd()))
	mapped, err := unix.Mmap(int(f.Fd()), 0, size, unix.PROT_READ, unix.MAP_SHARED|unix.MAP_POPULATE)
	if err != nil {
		panic(err)
	}
	ready(uintptr(unsafe.Pointer(&mapped[0])))
	runtime.KeepAlive(mapped)
}

// pageOut has the kernel take pages away from a sleeping process (process_madvise(2)).
func pageOut(c *child, pages int) error {
	var address uintptr
	if _, err := fmt.Sscan(c.said, &address); err != nil {
		return err
	}
	fd, err := unix.PidfdOpen(c.pid, 0)
	if err != nil {
		return fmt.Errorf("%w: pidfd_open: %w", errUntestable, err)
	}
	defer func() { _ = unix.Close(fd) }()
	vec := [2]uintptr{address, uintptr(pages * os.Getpagesize())}
	_, _, errno := unix.Syscall6(unix.SYS_PROCESS_MADVISE, uintptr(fd), uintptr(unsafe.Pointer(&vec)), 1, unix.MADV_PAGEOUT, 0, 0)
	if errno != 0 {
		return fmt.Errorf("%w: process_madvise: %w", errUntestable, errno)
	}
	return nil
}

// reclaimGroup is the control group in which the role "pages" runs, and the file by which the
// kernel takes memory away from it.
func reclaimGroup(t *testing.T) (dir, file string) {
	t.Helper()
	below, file := unified(), "memory.reclaim"
	if controllers, _ := os.ReadFile(below + "/cgroup.controllers"); !strings.Contains(string(controllers), "memory") {
		below, file = "/sys/fs/cgroup/memory", "memory.force_empty"
	}
	dir = newGroup(t, below)
	if _, err := os.Stat(filepath.Join(dir, file)); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("SKIPPED: the control group has no %s", file)
	}
	return dir, filepath.Join(dir, file)
}

func openFiles() {
	for range sharedFiles {
		_, _ = os.Open("/dev/null")
	}
}

func mapMore() {
	if _, err := unix.Mmap(-1, 0, mappedPages*os.Getpagesize(), unix.PROT_READ, unix.MAP_PRIVATE|unix.MAP_ANON); err != nil {
		panic(err)
	}
}

// share starts a process that only sleeps and shares something with this one, and then
// changes that. The thread that makes a process with its own memory waits for its end.
func share(flags uintptr, change func()) {
	thread := make(chan int, 1)
	go func() {
		runtime.LockOSThread()
		thread <- unix.Gettid()
		pid, _, errno := syscall.RawSyscall6(syscall.SYS_CLONE, flags|uintptr(syscall.SIGCHLD), 0, 0, 0, 0, 0)
		if errno != 0 {
			panic(errno)
		}
		for pid == 0 {
			_, _, _ = syscall.RawSyscall6(unix.SYS_PPOLL, 0, 0, 0, 0, 0, 0)
		}
		select {}
	}()
	children := fmt.Sprintf("/proc/self/task/%d/children", <-thread)
	for {
		if pid, _ := os.ReadFile(children); len(pid) > 0 {
			say(strings.TrimSpace(string(pid)))
			break
		}
		time.Sleep(time.Millisecond)
	}
	in := bufio.NewReader(os.Stdin)
	_, _ = in.ReadByte()
	change()
	_, _ = in.ReadByte()
}

// countInNamespace makes passes as the first process of a PID namespace.
func countInNamespace() {
	walk, err := LoadWalk(false, nil)
	if err != nil {
		panic(err)
	}
	if err := exec.Command("sleep", "60").Start(); err != nil {
		panic(err)
	}
	var pids pidsOf
	for range 3 {
		if err := walk.Read(context.Background(), &pids); err != nil {
			panic(err)
		}
	}
	ready(fmt.Sprintf("%d processes, this one is %d", len(pids), os.Getpid()))
}

type pidsOf map[uint32]bool

func (p *pidsOf) Forget()           { *p = make(map[uint32]bool) }
func (p *pidsOf) Changed(r *Record) { (*p)[r.Pid] = true }
