package host

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
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

	mu sync.Mutex
	// living have threads that ended, by process. What these used is the process' own.
	living map[int]endedProcess
	ended  []endedProcess
	// dropped counts at least once every time that records were dropped.
	dropped uint64
}

// endedProcess is a process of which all threads have ended, or some.
type endedProcess struct {
	taskRecord
	// sum is what all threads used whose records were heard.
	sum taskUsage
}

// openTaskstats starts listening, or says why it cannot.
func openTaskstats(countIO bool) (exitSource, error) {
	socket, err := dialTaskstats()
	if err != nil {
		return nil, err
	}
	x := &taskstatsExits{socket: socket, done: make(chan struct{}), countIO: countIO, living: make(map[int]endedProcess)}
	proof := make(chan error, 1)
	go x.listen(proof)
	if err := awaitProof(proof); err != nil {
		return nil, errors.Join(err, x.close())
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

func (x *taskstatsExits) name() ExitSource { return ExitsTaskstats }

func (x *taskstatsExits) passBegins() error { return nil }

func (x *taskstatsExits) passEnded() error { return nil }

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
		open, err := x.receive(conn, buf)
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
	if len(x.ended) >= maxEnded {
		x.dropped++
		return
	}
	x.ended = append(x.ended, p)
}

func (x *taskstatsExits) lost() uint64 {
	x.mu.Lock()
	defer x.mu.Unlock()
	lost := x.dropped
	x.dropped = 0
	return lost
}

// drain hands over the processes that ended, and forgets threads of processes of which
// the end was not heard.
func (x *taskstatsExits) drain(l *exitLedger) error {
	x.mu.Lock()
	ended := x.ended
	x.ended = nil
	for pid, p := range x.living {
		if l.table.ByPID(pid) == nil && l.now.Sub(p.began) > time.Minute {
			delete(x.living, pid)
		}
	}
	x.mu.Unlock()
	sums := make(exitSums)
	for i := range ended {
		l.addTask(&ended[i], x.countIO, sums)
	}
	for _, record := range sums {
		l.add(*record)
	}
	return nil
}

func (x *taskstatsExits) close() error {
	err := x.socket.Close()
	<-x.done
	if err != nil {
		return fmt.Errorf("close the netlink socket: %w", err)
	}
	return nil
}

// exitSums are the records of processes that no scan saw, by what they have in common.
type exitSums map[exitSumKey]*Exit

type exitSumKey struct {
	name, reason string
	uid          uint32
	parent       int
	facts        *Facts
}

// addTask takes what the kernel said of a process.
func (l *exitLedger) addTask(p *endedProcess, countIO bool, sums exitSums) {
	record := Exit{
		Parent:      p.ppid,
		Name:        l.facts.intern([]byte(p.name)),
		UID:         p.uid,
		Processes:   1,
		Known:       HasCPU | HasFaults,
		MinorFaults: p.sum.minorFaults,
		MajorFaults: p.sum.majorFaults,
		Reason:      waitReason(p.status),
	}
	if countIO {
		record.ReadBytes, record.WrittenBytes = p.sum.read, p.sum.written
		record.Known |= HasIO
	}
	began := p.began
	if !p.leader {
		began = time.Time{} // The first thread ended before anybody listened.
	}
	if seen := l.seenAs(p.tgid, began); seen != nil {
		// The scan has shown exact times, and more is deducted from them.
		record.ID = seen.ID
		record.UserTime, record.SystemTime = p.sum.split(seen.UserTime, seen.SystemTime)
		record.Facts = seen.Facts
		if seen.Name != record.Name || seen.UID != record.UID {
			record.Facts = l.factsOf(record.UID, 0, nil)
		}
		l.add(record)
		return
	}
	// Of a short life the exact time can lack nearly all; the samples are right on average.
	record.UserTime, record.SystemTime = p.sum.user, p.sum.system
	var program *Facts
	if p.ranParent {
		program = l.program(p.ppid, record.Name)
	}
	record.Facts = l.factsOf(record.UID, 0, program)
	if l.table.ByPID(p.ppid) == nil {
		record.Parent = 0
	}
	key := exitSumKey{record.Name, record.Reason, record.UID, record.Parent, record.Facts}
	if sum := sums[key]; sum != nil {
		sum.merge(&record)
	} else {
		sums[key] = &record
	}
}

// merge adds another record to one of several processes.
func (e *Exit) merge(other *Exit) {
	e.Processes += other.Processes
	e.UserTime += other.UserTime
	e.SystemTime += other.SystemTime
	e.MinorFaults += other.MinorFaults
	e.MajorFaults += other.MajorFaults
	e.ReadBytes += other.ReadBytes
	e.WrittenBytes += other.WrittenBytes
}

// waitReason names how a process ended, for Exit.Reason, by its status as wait(2) has it.
func waitReason(status uint32) string {
	switch ws := unix.WaitStatus(status); {
	case ws.Signaled():
		return signalName(uint32(ws.Signal()))
	case ws.ExitStatus() > 0:
		return reasonExitCode
	}
	return ""
}
