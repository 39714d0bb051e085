package procfs

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"proctree/collector/host/procfile"
	"proctree/collector/process"
)

// pass reads the processes of a table one after the other, in a goroutine of its own. When
// one of them blocks it the reader leaves the pass behind, and another one goes on after
// that process. Of the files read here only io can block: it waits for an exec under way
// (exec_update_lock), which may wait for a file server.
type pass struct {
	files *pidFiles
	// now is the tick at which the scan began.
	now uint64
	// skipIO leaves out what can block, of all processes.
	skipIO bool
	done   chan struct{}
	thread atomic.Int32
	// was is the process of the same PID in the last scan, or nil, called wasName, and memo
	// is what is remembered of it; orphaned tells that its parent has gone.
	was      *process.Process
	wasName  Name
	memo     memo
	orphaned bool
	// process is the one being read.
	process process.Process

	// mu guards what follows against the reader, which leaves the pass. A pass that was
	// left touches none of it.
	mu    sync.Mutex
	left  bool
	table *Table
	// hanging are processes at which an earlier pass still hangs.
	hanging map[int]hangingPass
	// partial is a copy of process, once all that cannot block is known of it.
	partial     process.Process
	partialMemo memo
	havePartial bool
}

// hangingPass is a pass left behind at one process.
type hangingPass struct {
	done <-chan struct{}
	// whole tells that nothing at all could be read of the process.
	whole bool
}

// run reads until the table is full or the pass is left. It keeps to one thread, so that
// waitsForCPU can look at it.
func (p *pass) run() {
	defer close(p.done)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	p.thread.Store(int32(unix.Gettid()))
	for p.guardedStep() {
	}
}

// guardedStep is step, and leaves out a process at which that panics.
func (p *pass) guardedStep() (more bool) {
	if err := procfile.Guard(func() error { more = p.step(); return nil }); err != nil {
		var failed Failures
		failed.Add(err)
		return p.finish(nil, memo{}, failed)
	}
	return more
}

// step reads one process; it returns false when there is no further one, or the pass was
// left.
func (p *pass) step() bool {
	pid, hanging, ok := p.next()
	if !ok {
		return false
	}
	if hanging.whole {
		return p.finish(nil, memo{}, Failures{deadline: 1})
	}
	skip := hanging.done != nil || p.skipIO
	account := p.files.readAccount(pid, p.was, &p.memo.rest)
	if !skip && !p.orphaned && p.memo.rest.holds(account, p.now) {
		return p.repeat()
	}
	process := &p.process
	if err := p.files.readBasics(pid, process, p.now); err != nil {
		p.files.failed.Add(err)
		return p.finish(nil, memo{}, p.files.failed)
	}
	if p.was != nil && p.was.ID != process.ID {
		p.memo = memo{}
	}
	if gone := p.files.readOpenFDs(process, &p.memo, p.now); gone {
		return p.finish(nil, memo{}, Failures{})
	}
	if !p.publish(process) {
		return false
	}
	if skip {
		p.files.failed.deadline++
		return p.finish(process, p.memo, p.files.failed)
	}
	if gone := p.files.readStorage(process, &p.memo, p.now); gone {
		return p.finish(nil, memo{}, Failures{})
	}
	p.files.readWaits(process, p.was, account, &p.memo, p.now)
	failed := p.files.failed
	if failed.transient() {
		account = schedstat{}
	}
	p.memo.rest = p.memo.rest.after(account, p.was, process, p.now)
	return p.finish(process, p.memo, failed)
}

// repeat takes over the values of a process that has not run.
func (p *pass) repeat() bool {
	p.process = *p.was
	p.process.Known &^= process.HasProportional
	p.process.ProportionalBytes = 0
	p.files.name = p.wasName
	return p.finish(&p.process, p.memo, Failures{permission: p.memo.refusals()})
}

// next returns the PID to read next, and looks up what was known of it.
func (p *pass) next() (pid int, hanging hangingPass, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.left || p.table.at == len(p.table.pids) {
		return 0, hangingPass{}, false
	}
	pid = int(p.table.pids[p.table.at])
	p.was, p.wasName, p.memo = p.table.before(pid)
	p.orphaned = p.was != nil && p.was.PPID != 0 && !p.table.lists(p.was.PPID)
	return pid, p.hanging[pid], true
}

// publish shows what is known so far. It returns false if the pass was left.
func (p *pass) publish(process *process.Process) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.left {
		return false
	}
	p.partial, p.havePartial = *process, true
	p.partialMemo = memo{refused: p.memo.refused, retry: p.memo.retry}
	return true
}

// finish puts a process into the table, or leaves it out if it is nil, and goes on to the
// next.
func (p *pass) finish(process *process.Process, m memo, failed Failures) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.left {
		return false
	}
	if process != nil {
		p.table.add(process, &p.files.name, m)
	}
	p.table.fail(failed)
	p.table.at++
	p.havePartial = false
	return true
}

// position returns how far the pass has come.
func (p *pass) position() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.table.at
}

// waitsForCPU reports whether the pass stands still only because its thread gets no CPU.
// What is read then would wrongly be given up, and the process be missing from the table.
func (p *pass) waitsForCPU() bool {
	var s Stat
	path := fmt.Appendf(nil, "/proc/self/task/%d/stat\x00", p.thread.Load())
	content, err := ReadAt(unix.AT_FDCWD, path, make([]byte, StatBuffer))
	return err == nil && s.Parse(content) && s.State == 'R'
}

// anywhere stands for whatever position a pass is at.
const anywhere = -1

// leave gives up the process at position at, and the pass with it: it ends when that
// process lets it. It returns false if the pass has gone on meanwhile.
func (p *pass) leave(at int) (hanging hangingPass, pid int, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.table.at
	if at != anywhere && at != now || now == len(p.table.pids) {
		return hangingPass{}, 0, false
	}
	p.left = true
	if p.havePartial {
		p.table.add(&p.partial, &p.files.name, p.partialMemo)
	}
	p.table.Failed.deadline++
	p.table.at++
	return hangingPass{done: p.done, whole: !p.havePartial}, int(p.table.pids[now]), true
}
