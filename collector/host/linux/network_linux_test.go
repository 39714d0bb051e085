package linux

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"proctree/collector/process"
)

const (
	networkRole = "network"
	// trafficKind names what the child does, and trafficFile the file in which it leaves what it sent
	// and received by what its system calls returned.
	trafficKind = "PROCTREE_TEST_TRAFFIC"
	trafficFile = "PROCTREE_TEST_TRAFFIC_FILE"
)

// traffic is what the child does; each returns what it sent and received.
var traffic = map[string]func() process.Network{
	"tcp, 200 B":     func() process.Network { return tcp(unix.AF_INET, 200, 2000) },
	"tcp, 1 MiB":     func() process.Network { return tcp(unix.AF_INET, 1<<20, 20) },
	"tcp, IPv6":      func() process.Network { return tcp(unix.AF_INET6, 1000, 200) },
	"udp, 200 B":     func() process.Network { return udp(unix.AF_INET, 200, 500) },
	"udp, 60,000 B":  func() process.Network { return udp(unix.AF_INET, 60_000, 50) },
	"udp, IPv6":      func() process.Network { return udp(unix.AF_INET6, 1000, 200) },
	"threads":        inThreads,
	"peek":           peek,
	"sendfile":       sendfile,
	"zero copy":      zeroCopy,
	"unix sockets":   unixSockets,
	"raw":            raw,
	"other network":  otherNetwork,
	"splice":         splice,
	"another's":      anothers,
	"exec of thread": execOfThread,
	"io_uring":       throughRing,
}

// makeTraffic is the child.
func makeTraffic() {
	if path := os.Getenv(trafficFile + "_EARLIER"); path != "" {
		writeTraffic(readTraffic(path).Plus(new(tcp(unix.AF_INET, 300, 4))))
		return
	}
	n := traffic[os.Getenv(trafficKind)]()
	writeTraffic(&n)
}

func writeTraffic(n *process.Network) {
	text, err := json.Marshal(n)
	if err != nil {
		panic(err)
	}
	if err := os.WriteFile(os.Getenv(trafficFile), text, 0o600); err != nil {
		panic(err)
	}
}

func readTraffic(path string) *process.Network {
	n := &process.Network{}
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, n)
	}
	if err != nil {
		panic(err)
	}
	return n
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// loopback returns an address of the host, with a port that the kernel chooses.
func loopback(family int) unix.Sockaddr {
	if family == unix.AF_INET6 {
		return &unix.SockaddrInet6{Addr: [16]byte{15: 1}}
	}
	return &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}
}

// connection returns both ends of a TCP connection.
func connection(family int) (client, server int) {
	listener := must(unix.Socket(family, unix.SOCK_STREAM, 0))
	defer func() { _ = unix.Close(listener) }()
	check(unix.Bind(listener, loopback(family)))
	check(unix.Listen(listener, 1))
	client = must(unix.Socket(family, unix.SOCK_STREAM, 0))
	check(unix.Connect(client, must(unix.Getsockname(listener))))
	server, _, err := unix.Accept(listener)
	check(err)
	return client, server
}

func sends(t *process.Traffic, n int) {
	if n > 0 {
		t.TransmittedBytes += uint64(n)
		t.TransmittedOperations++
	}
}

func receives(t *process.Traffic, n int) {
	if n > 0 {
		t.ReceivedBytes += uint64(n)
		t.ReceivedOperations++
	}
}

// drainTCP reads up to the end of the stream.
func drainTCP(fd int) (t process.Traffic) {
	buf := make([]byte, 1<<20)
	for {
		n := must(unix.Read(fd, buf))
		if n == 0 {
			return t
		}
		receives(&t, n)
	}
}

func tcp(family, size, count int) process.Network {
	client, server := connection(family)
	received := make(chan process.Traffic)
	go func() { received <- drainTCP(server) }()
	var t process.Traffic
	buf := make([]byte, size)
	for range count {
		sends(&t, must(unix.Write(client, buf)))
	}
	check(unix.Close(client))
	r := <-received
	check(unix.Close(server))
	t.ReceivedBytes, t.ReceivedOperations = r.ReceivedBytes, r.ReceivedOperations
	return process.Network{TCP: t}
}

func udp(family, size, count int) process.Network {
	receiver := must(unix.Socket(family, unix.SOCK_DGRAM, 0))
	check(unix.Bind(receiver, loopback(family)))
	sender := must(unix.Socket(family, unix.SOCK_DGRAM, 0))
	check(unix.Connect(sender, must(unix.Getsockname(receiver))))
	var t process.Traffic
	buf := make([]byte, size)
	for range count {
		sends(&t, must(unix.Write(sender, buf)))
		receives(&t, must(unix.Read(receiver, buf)))
	}
	return process.Network{UDP: t}
}

// inThreads has threads send that end.
func inThreads() process.Network {
	var mu sync.Mutex
	var all sync.WaitGroup
	var sum process.Network
	for range 4 {
		all.Go(func() {
			done := make(chan process.Network)
			go func() {
				runtime.LockOSThread() // It ends with its function.
				done <- tcp(unix.AF_INET, 500, 100)
			}()
			n := <-done
			mu.Lock()
			defer mu.Unlock()
			sum = *sum.Plus(&n)
		})
	}
	all.Wait()
	return sum
}

// peek looks at what it receives before it does.
func peek() process.Network {
	client, server := connection(unix.AF_INET)
	var t process.Traffic
	buf := make([]byte, 100)
	for range 50 {
		sends(&t, must(unix.Write(client, buf)))
		n, _, err := unix.Recvfrom(server, buf, unix.MSG_PEEK)
		check(err)
		n, _, err = unix.Recvfrom(server, buf[:n], unix.MSG_WAITALL)
		check(err)
		receives(&t, n)
	}
	return process.Network{TCP: t}
}

func sendfile() process.Network {
	const size = 300_000
	file := must(os.CreateTemp("", "proctree-test"))
	defer func() { _ = os.Remove(file.Name()) }()
	_ = must(file.Write(make([]byte, size)))
	client, server := connection(unix.AF_INET)
	received := make(chan process.Traffic)
	go func() { received <- drainTCP(server) }()
	var sent int
	for offset := int64(0); sent < size; {
		sent += must(unix.Sendfile(client, int(file.Fd()), &offset, size-sent))
	}
	check(unix.Close(client))
	t := <-received
	// The kernel divides the file as it likes.
	t.TransmittedBytes = uint64(sent)
	return process.Network{TCP: t}
}

// zeroCopy sends without copying, and reads the reports that the memory is free again.
func zeroCopy() process.Network {
	client, server := connection(unix.AF_INET)
	check(unix.SetsockoptInt(client, unix.SOL_SOCKET, unix.SO_ZEROCOPY, 1))
	received := make(chan process.Traffic)
	go func() { received <- drainTCP(server) }()
	var t process.Traffic
	buf := make([]byte, 100_000)
	for range 20 {
		sends(&t, must(unix.SendmsgN(client, buf, nil, nil, unix.MSG_ZEROCOPY)))
	}
	for reports := 0; reports == 0; time.Sleep(time.Millisecond) {
		for {
			_, _, _, _, err := unix.Recvmsg(client, buf, make([]byte, 100), unix.MSG_ERRQUEUE|unix.MSG_DONTWAIT)
			if err != nil {
				break
			}
			reports++
		}
	}
	check(unix.Close(client))
	r := <-received
	t.ReceivedBytes, t.ReceivedOperations = r.ReceivedBytes, r.ReceivedOperations
	return process.Network{TCP: t}
}

// unixSockets are no network.
func unixSockets() process.Network {
	ends := must(unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0))
	_ = must(unix.Write(ends[0], make([]byte, 1000)))
	_ = must(unix.Read(ends[1], make([]byte, 1000)))
	return process.Network{}
}

// raw sends and receives by a protocol that is neither TCP nor UDP.
func raw() process.Network {
	fd := must(unix.Socket(unix.AF_INET, unix.SOCK_RAW, 253)) // For experiments (RFC 3692).
	check(unix.Bind(fd, loopback(unix.AF_INET)))
	var t process.Traffic
	check(unix.Sendto(fd, make([]byte, 32), 0, loopback(unix.AF_INET)))
	sends(&t, 32)
	receives(&t, must(unix.Read(fd, make([]byte, 100))))
	return process.Network{Other: t}
}

// otherNetwork sends in a network namespace of its own.
func otherNetwork() process.Network {
	runtime.LockOSThread()
	check(unix.Unshare(unix.CLONE_NEWNET))
	fd := must(unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0))
	request := must(unix.NewIfreq("lo"))
	request.SetUint16(unix.IFF_UP)
	check(unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, request))
	return udp(unix.AF_INET, 700, 30)
}

// splice moves from a pipe to a connection, which counts, and back, which does not.
func splice() process.Network {
	client, server := connection(unix.AF_INET)
	var in, out [2]int
	check(unix.Pipe(in[:]))
	check(unix.Pipe(out[:]))
	_ = must(unix.Write(in[1], make([]byte, 4000)))
	sent := must(unix.Splice(in[0], nil, client, nil, 4000, 0))
	_ = must(unix.Splice(server, nil, out[1], nil, 4000, 0))
	var t process.Traffic
	sends(&t, int(sent))
	return process.Network{TCP: t}
}

// anothers sends through a connection that another process has made.
func anothers() process.Network {
	const given = 3
	var t process.Traffic
	for range 10 {
		sends(&t, must(unix.Write(given, make([]byte, 123))))
	}
	return process.Network{TCP: t}
}

// throughRing sends and receives through io_uring, or does nothing where that is not allowed.
func throughRing() process.Network {
	const send, receive = 26, 27 // IORING_OP_SEND and IORING_OP_RECV in linux/io_uring.h
	r, err := newRing()
	if err != nil {
		return process.Network{}
	}
	client, server := connection(unix.AF_INET)
	var t process.Traffic
	buf := make([]byte, 900)
	for range 20 {
		sends(&t, r.do(send, client, buf))
		receives(&t, r.do(receive, server, buf))
	}
	return process.Network{TCP: t}
}

// ring is an io_uring that takes one call at a time.
type ring struct {
	fd              int
	queues, entries []byte
	params          ringParams
}

// ringParams is struct io_uring_params of linux/io_uring.h.
type ringParams struct {
	sqEntries, cqEntries, flags, cpu, idle, features, wq uint32
	_                                                    [3]uint32
	sq, cq                                               struct {
		head, tail, mask, entries, a, b, c, d uint32
		_                                     uint64
	}
}

func newRing() (*ring, error) {
	const (
		atEntries = 0x10000000 // IORING_OFF_SQES
		entrySize = 64
	)
	r := &ring{}
	fd, _, errno := unix.Syscall(unix.SYS_IO_URING_SETUP, 1, uintptr(unsafe.Pointer(&r.params)), 0)
	if errno != 0 {
		return nil, errno
	}
	r.fd = int(fd)
	var err error
	// Since Linux 5.4 one mapping has both queues.
	if r.queues, err = unix.Mmap(r.fd, 0, 4096, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED); err != nil {
		return nil, err
	}
	r.entries, err = unix.Mmap(r.fd, atEntries, entrySize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	return r, err
}

// do makes one call and returns its result.
func (r *ring) do(op byte, fd int, buf []byte) int {
	word := func(at uint32) *uint32 { return (*uint32)(unsafe.Pointer(&r.queues[at])) }
	clear(r.entries)
	r.entries[0] = op
	binary.NativeEndian.PutUint32(r.entries[4:], uint32(fd))
	binary.NativeEndian.PutUint64(r.entries[16:], uint64(uintptr(unsafe.Pointer(&buf[0]))))
	binary.NativeEndian.PutUint32(r.entries[24:], uint32(len(buf)))
	*word(r.params.sq.c) = 0 // The array of entries has one.
	atomic.AddUint32(word(r.params.sq.tail), 1)
	const wait = 1 // IORING_ENTER_GETEVENTS
	if _, _, errno := unix.Syscall6(unix.SYS_IO_URING_ENTER, uintptr(r.fd), 1, 1, wait, 0, 0); errno != 0 {
		panic(errno)
	}
	runtime.KeepAlive(buf)
	const entrySize, resultAt = 16, 8
	at := *word(r.params.cq.head) & *word(r.params.cq.mask)
	result := int32(*word(r.params.cq.b + at*entrySize + resultAt))
	atomic.AddUint32(word(r.params.cq.head), 1)
	return int(result)
}

// execOfThread has a thread other than the first execute this program again.
func execOfThread() process.Network {
	earlier := os.Getenv(trafficFile) + ".earlier"
	text := must(json.Marshal(tcp(unix.AF_INET, 200, 10)))
	check(os.WriteFile(earlier, text, 0o600))
	var run func()
	run = func() {
		runtime.LockOSThread()
		if unix.Gettid() == os.Getpid() {
			go run() // In another thread, as this one stays locked.
			select {}
		}
		check(unix.Exec("/proc/self/exe", os.Args, append(os.Environ(), trafficFile+"_EARLIER="+earlier)))
	}
	go run()
	select {}
}

// networkOrSkip returns a reader that counts the network.
func networkOrSkip(t *testing.T, mode string) *Reader {
	t.Helper()
	reader, err := Open(Config{Reader: mode, Network: true})
	if err != nil {
		t.Skipf("SKIPPED: the process table cannot be read in this way here: %v", err)
	}
	closeAfter(t, reader)
	if reader.networks == nil {
		t.Skip("SKIPPED: the kernel does not let programs count the network")
	}
	return reader
}

// TestNetwork: what the kernel counted of a process is what its system calls returned, for processes that
// live and for those that have ended.
func TestNetwork(t *testing.T) {
	reader := networkOrSkip(t, "")
	for kind := range traffic {
		t.Run(kind, func(t *testing.T) {
			given, peer := connection(unix.AF_INET)
			defer func() { _, _ = unix.Close(given), unix.Close(peer) }()
			child, want := trafficChild(t, kind, given)
			p := processOf(t, snapshot(t, reader), child.Process.Pid)
			if !p.Known.Has(process.HasNetwork) {
				t.Fatal("the network of the child is not known")
			}
			compareTraffic(t, p.Network, want)
			if *want == (process.Network{}) && kind != "unix sockets" {
				t.Skip("SKIPPED: the kernel does not permit this")
			}
			total := exitOf(t, reader, child)
			compareTraffic(t, total, want)
		})
	}
}

func compareTraffic(t *testing.T, got, want *process.Network) {
	t.Helper()
	if got == nil {
		got = &process.Network{}
	}
	now := *got
	if want.TCP.TransmittedOperations == 0 && want.TCP.TransmittedBytes > 0 {
		now.TCP.TransmittedOperations = 0 // The kernel has chosen how many.
	}
	if now != *want {
		t.Errorf("counted %+v, want %+v", now, *want)
	}
}

func trafficChild(t *testing.T, kind string, given int) (*exec.Cmd, *process.Network) {
	t.Helper()
	left := filepath.Join(t.TempDir(), "traffic")
	cmd := exec.CommandContext(t.Context(), "/proc/self/exe", "-test.run=^TestChild$")
	cmd.Env = append(os.Environ(), childRole+"="+networkRole, trafficKind+"="+kind, trafficFile+"="+left)
	dup, err := unix.Dup(given)
	if err != nil {
		t.Fatal(err)
	}
	file := os.NewFile(uintptr(dup), "given")
	defer func() { _ = file.Close() }()
	cmd.ExtraFiles = []*os.File{file}
	return start(t, cmd, nil), readTraffic(left)
}

func snapshot(t *testing.T, reader *Reader) *process.Snapshot {
	t.Helper()
	s, err := reader.Read(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func processOf(t *testing.T, s *process.Snapshot, pid int) *process.Process {
	t.Helper()
	p := s.ByPID(pid)
	if p == nil {
		t.Fatalf("process %d is not in the table", pid)
	}
	return p
}

// exitOf ends the child and returns what its account says of the network.
func exitOf(t *testing.T, reader *Reader, child *exec.Cmd) *process.Network {
	t.Helper()
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		for _, e := range snapshot(t, reader).Exits {
			if e.ID.PID == child.Process.Pid {
				if !e.Known.Has(process.HasNetwork) {
					t.Error("the account of the child has no network")
				}
				return e.Network
			}
		}
	}
	t.Fatal("no account of the child came")
	return nil
}

// TestNetworkOfReaders: each reader of the table has the values, they never fall, and who sends nothing
// more is unchanged.
func TestNetworkOfReaders(t *testing.T) {
	for _, mode := range []string{process.ReaderWalk, process.ReaderIterator, process.ReaderProcfs} {
		t.Run(mode, func(t *testing.T) {
			reader := networkOrSkip(t, mode)
			self := os.Getpid()
			first := processOf(t, snapshot(t, reader), self).Network
			n := udp(unix.AF_INET, 1000, 7)
			second := processOf(t, snapshot(t, reader), self)
			if grown := second.Network.Since(first); grown == nil || *grown != n {
				t.Errorf("grown by %+v, want %+v", grown, n)
			}
			if third := processOf(t, snapshot(t, reader), self); third.Network != second.Network {
				t.Error("the value is another one, though nothing was sent")
			}
			if first != nil && second.Network == first {
				t.Error("a value of an earlier snapshot was changed")
			}
		})
	}
}

// TestNetworkOfTheUnseen: what processes sent that no scan saw is in the sums.
func TestNetworkOfTheUnseen(t *testing.T) {
	reader := networkOrSkip(t, "")
	name := "test-traffic"
	program := filepath.Join(t.TempDir(), name)
	if err := os.Symlink(must(os.Executable()), program); err != nil {
		t.Fatal(err)
	}
	snapshot(t, reader)
	var want, got process.Network
	for range 5 {
		left := filepath.Join(t.TempDir(), "traffic")
		cmd := exec.CommandContext(t.Context(), program, "-test.run=^TestChild$")
		cmd.Env = append(os.Environ(), childRole+"="+networkRole, trafficKind+"=tcp, 200 B", trafficFile+"="+left)
		if err := cmd.Run(); err != nil {
			t.Fatal(err)
		}
		want = *want.Plus(readTraffic(left))
	}
	for deadline := time.Now().Add(30 * time.Second); got != want && time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		for _, e := range snapshot(t, reader).Exits {
			if e.Name == name {
				got = *got.Plus(e.Network)
			}
		}
	}
	if got != want {
		t.Errorf("counted %+v, want %+v", got, want)
	}
}

// TestNoNetworkWithoutAccounts: where ends are not accounted for by BPF, no value is known.
func TestNoNetworkWithoutAccounts(t *testing.T) {
	reader, err := Open(Config{Exits: string(process.ExitsChildren), Network: true})
	if err != nil {
		t.Skipf("SKIPPED: %v", err)
	}
	closeAfter(t, reader)
	if p := processOf(t, snapshot(t, reader), os.Getpid()); p.Known.Has(process.HasNetwork) || p.Network != nil {
		t.Errorf("the network is known: %+v", p.Network)
	}
}
