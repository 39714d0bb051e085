package sockets

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"proctree/collector/process"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// count is the number of sockets by protocol and state.
func count(sockets []Socket) map[string]int {
	n := map[string]int{}
	for _, s := range sockets {
		n[s.Protocol.String()+" "+s.State.String()]++
	}
	return n
}

func processOf(pid int) *process.Process {
	return &process.Process{ID: process.ID{PID: pid, StartTicks: 1}}
}

func newReader(t *testing.T, cfg Config) *Reader {
	t.Helper()
	r, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// generous is a budget that a busy machine does not use up.
const generous = 20 * time.Second

// TestOwnSockets opens sockets and finds them, in this process and in a child that has
// inherited one.
func TestOwnSockets(t *testing.T) {
	r := newReader(t, Config{Budget: generous})
	self := processOf(os.Getpid())
	before := count(r.Read([]*process.Process{self}).ByProcess[self.ID])

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	client, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	server, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Close() }()
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = packets.Close() }()
	sender, err := net.Dial("udp", packets.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sender.Close() }()

	inherited, err := listener.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = inherited.Close() }()
	cat := exec.CommandContext(t.Context(), "cat")
	cat.ExtraFiles = []*os.File{inherited}
	stdin, err := cat.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cat.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = stdin.Close()
		_ = cat.Wait()
	}()

	child := processOf(cat.Process.Pid)
	result := r.Read([]*process.Process{self, child})
	got := count(result.ByProcess[self.ID])
	for kind, want := range map[string]int{"tcp listening": 2, "tcp established": 2, "udp listening": 1, "udp established": 1} {
		// The listener and its duplicate for the child are one socket in two descriptors.
		if got[kind]-before[kind] != want {
			t.Errorf("%s: %d more, want %d", kind, got[kind]-before[kind], want)
		}
	}
	if diff := cmp.Diff(map[string]int{"tcp listening": 1}, count(result.ByProcess[child.ID])); diff != "" {
		t.Errorf("the child (-want +got):\n%s", diff)
	}
	if result.Unread != 0 {
		t.Errorf("%d processes unread", result.Unread)
	}
}

// TestBudget: with no time to speak of each reading gets on by a process, and what is known
// stays.
func TestBudget(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	r := newReader(t, Config{Budget: time.Nanosecond})
	self := &process.Process{ID: process.ID{PID: os.Getpid(), StartTicks: 7}}
	if result := r.Read([]*process.Process{self}); result.Unread != 1 || len(result.ByProcess) != 0 {
		t.Errorf("read %d, unread %d in no time", len(result.ByProcess), result.Unread)
	}
	r.cfg.Budget = generous
	known := len(r.Read([]*process.Process{self}).ByProcess[self.ID])
	if known == 0 {
		t.Fatal("no socket of this process")
	}
	// Descriptors are kept; the sockets themselves are never of an earlier reading.
	r.cfg.Budget = time.Nanosecond
	if r.Read([]*process.Process{self}); len(r.processes[self.ID].inodes) == 0 {
		t.Error("the descriptors were forgotten")
	}
	if r.Read(nil); len(r.processes) != 0 {
		t.Error("a process that has gone is remembered")
	}
}

func TestRefused(t *testing.T) {
	r := newReader(t, Config{Budget: generous})
	gone := processOf(1 << 30)
	kernel := &process.Process{ID: process.ID{PID: 2, StartTicks: 1}, Kernel: true}
	if result := r.Read([]*process.Process{gone, kernel}); result.Unread != 1 || len(result.ByProcess) != 0 {
		t.Errorf("%+v", result)
	}
	if _, err := New(Config{ProcPath: "/does/not/exist"}); err == nil || !strings.Contains(err.Error(), "/does/not/exist") {
		t.Errorf("error %v", err)
	}
}

// TestFIFOs: what is in the place of the descriptors or of a table holds up nobody.
func TestFIFOs(t *testing.T) {
	root := t.TempDir()
	for _, pid := range []string{"7", "8"} {
		for _, folder := range []string{"ns", "net"} {
			if err := os.MkdirAll(filepath.Join(root, pid, folder), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Symlink("net:["+pid+"]", filepath.Join(root, pid, "ns/net")); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(root, "8/fd"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, fifo := range []string{"7/fd", "8/net/tcp"} {
		if err := unix.Mkfifo(filepath.Join(root, fifo), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := newReader(t, Config{ProcPath: root, Budget: generous})
	if result := r.Read([]*process.Process{processOf(7), processOf(8)}); result.Unread != 2 {
		t.Errorf("%+v", result)
	}
}
