package exits

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"proctree/collector/host/linux/procfs"
	"proctree/collector/host/procfile"
	"proctree/collector/process"
)

const (
	// maxEnded bounds the processes whose records wait for the next scan.
	maxEnded = 65_536
	// gather is how long records are left to pile up before they are read: a wake-up costs
	// more than a record. The buffer holds what ends in that time many times over.
	gather = 20 * time.Millisecond
	// proofWithin is how long the record of an own thread may take.
	proofWithin = 3 * time.Second
)

// taskstatsExits listens to the records that the kernel makes of every thread that ends.
type taskstatsExits struct {
	socket  *os.File
	done    chan struct{}
	countIO bool
	// proc tells whether the kernel counts delays; nil is not known.
	proc *procfs.Dir
	// clockTick is how often the kernel brings the account of a running thread up to date.
	clockTick time.Duration

	mu sync.Mutex
	// living have threads that ended, by process. What these used is the process' own.
	living map[int]endedProcess
	// ended have ended since the last pass over the table began, due before that: of these
	// alone it is certain that the table shows them if they are zombies.
	ended, due []endedProcess
	// dropped counts at least once every time that records were dropped.
	dropped uint64
}

// endedProcess is a process of which all threads have ended, or some.
type endedProcess struct {
	taskRecord
	// sum is what all threads used whose records were heard.
	sum taskUsage
}

// OpenTaskstats starts listening, or says why it cannot.
func OpenTaskstats(proc *procfs.Dir, countIO bool) (Source, error) {
	var resolution unix.Timespec
	if err := unix.ClockGetres(unix.CLOCK_MONOTONIC_COARSE, &resolution); err != nil {
		return nil, fmt.Errorf("find the clock tick: %w", err)
	}
	socket, err := dialTaskstats()
	if err != nil {
		return nil, err
	}
	x := &taskstatsExits{
		socket: socket, done: make(chan struct{}), countIO: countIO, proc: proc,
		clockTick: time.Duration(resolution.Nano()), living: make(map[int]endedProcess),
	}
	proof := make(chan error, 1)
	go x.listen(proof)
	if err := awaitProof(proof); err != nil {
		return nil, errors.Join(err, x.Close())
	}
	return x, nil
}

// awaitProof ends threads of this process until a record comes. A socket in another
// network namespace than the initial one registers without an error and hears nothing.
func awaitProof(proof <-chan error) error {
	for deadline := time.Now().Add(proofWithin); time.Now().Before(deadline); {
		// A goroutine that ends while locked to its thread ends that too.
		go runtime.LockOSThread()
		select {
		case err := <-proof:
			return err
		case <-time.After(100 * time.Millisecond):
		}
	}
	return errors.New("no exit record arrives: this process is in a network namespace of its own")
}

func (x *taskstatsExits) Name() process.ExitSource { return process.ExitsTaskstats }

func (x *taskstatsExits) PassBegins() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.due = append(x.due, x.ended...)
	x.ended = nil
	return nil
}

func (x *taskstatsExits) PassEnded() error { return nil }

// listen reads until the socket is closed. The first record, or an error, goes to proof.
func (x *taskstatsExits) listen(proof chan<- error) {
	defer close(x.done)
	conn, err := x.socket.SyscallConn()
	if err != nil {
		proof <- fmt.Errorf("listen to exit records: %w", err)
		return
	}
	buf := make([]byte, 64<<10)
	for heard := false; ; {
		open := true
		err := procfile.Guard(func() (err error) { open, err = x.receive(conn, buf); return err })
		if !open {
			return
		}
		if !heard && (err == nil || errors.Is(err, errTaskstatsVersion)) {
			heard = true
			proof <- err
		}
		if errors.Is(err, unix.ENOBUFS) {
			// The kernel tells that it has dropped records, not how many.
			x.mu.Lock()
			x.dropped++
			x.mu.Unlock()
		}
	}
}

// receive waits for a datagram and takes its records; open is false once the socket is
// closed.
func (x *taskstatsExits) receive(conn syscall.RawConn, buf []byte) (open bool, err error) {
	waited := false
	closed := conn.Read(func(fd uintptr) bool {
		if waited {
			time.Sleep(gather)
		}
		n, _, failed := unix.Recvfrom(int(fd), buf, 0)
		if errors.Is(failed, unix.EAGAIN) {
			waited = true
			return false
		}
		if err = failed; err == nil {
			err = x.take(buf[:n])
		}
		return true
	})
	return closed == nil, err
}

// take adds the records of one datagram.
func (x *taskstatsExits) take(datagram []byte) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	return parseExits(datagram, x.add)
}

// add adds the record of a thread to its process, which has ended with the last of them.
func (x *taskstatsExits) add(r taskRecord) {
	r.used.Run = r.life.runTime(r.used.CPUAccount, x.clockTick)
	if p := x.overtaken(&r); p != nil {
		p.sum.add(r.used)
		return
	}
	p, threads := x.living[r.tgid]
	if !threads || r.leader {
		p.taskRecord = r
	}
	p.sum.add(r.used)
	if !r.last {
		x.living[r.tgid] = p
		return
	}
	delete(x.living, r.tgid)
	p.last = true
	if len(x.ended)+len(x.due) >= maxEnded {
		x.dropped++
		return
	}
	x.ended = append(x.ended, p)
}

// nearby is how many ended processes back the process of a late record is looked for.
const nearby = 64

// overtaken returns the process of a thread whose record has come after that of the last
// one: they end on several CPUs at once. It is nil for all others.
func (x *taskstatsExits) overtaken(r *taskRecord) *endedProcess {
	if r.last {
		return nil
	}
	for _, ended := range [][]endedProcess{x.ended, x.due} {
		for i := len(ended) - 1; i >= max(0, len(ended)-nearby); i-- {
			// A PID does not come again so soon.
			if ended[i].tgid == r.tgid {
				return &ended[i]
			}
		}
	}
	return nil
}

func (x *taskstatsExits) Lost() uint64 {
	x.mu.Lock()
	defer x.mu.Unlock()
	lost := x.dropped
	x.dropped = 0
	return lost
}

func (x *taskstatsExits) Close() error {
	err := x.socket.Close()
	<-x.done
	if err != nil {
		return fmt.Errorf("close the netlink socket: %w", err)
	}
	return nil
}
