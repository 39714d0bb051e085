// Package events reads forks, execs and exits from BPF programs.
package events

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"time"

	"proctree/collector/host/linux/bpf"
	"proctree/collector/host/linux/exits"
	"proctree/collector/host/linux/facts"
	"proctree/collector/host/linux/procfs"
	"proctree/collector/host/users"
	"proctree/collector/process"
)

// Reader reads what happens to processes. Not safe for concurrent use.
type Reader struct {
	from    source
	users   *users.Names
	cgroups cgroups
	// facts and names are those of recent events: most are alike.
	facts map[factsKey]*process.Facts
	names map[string]string
	// boot is when the host was started by the clock of now.
	now, boot time.Time
	event     process.Event
}

// source is what a Reader needs of bpf.Events.
type source interface {
	Read(wait time.Duration, each bpf.Take) error
	Counts() (bpf.EventCounts, error)
	Close() error
}

// factsKey is what the facts of an event are made of.
type factsKey struct {
	uid       uint32
	cgroup    uint64
	flags     uint8
	args, exe string
}

const (
	maxFacts = 4096
	maxNames = 4096
)

// Open starts the programs, or says why they cannot run.
func Open(procPath, rootPath string, deadline time.Duration) (*Reader, error) {
	proc, err := procfs.Open(procPath)
	if err != nil {
		return nil, err
	}
	defer func() { _ = proc.Close() }()
	if err := bpf.ObstacleForAll(proc); err != nil {
		return nil, err
	}
	from, err := bpf.LoadEvents()
	if err != nil {
		return nil, fmt.Errorf("load the programs for events: %w", err)
	}
	return newReader(from, rootPath, deadline), nil
}

func newReader(from source, rootPath string, deadline time.Duration) *Reader {
	return &Reader{
		from: from, users: users.New(rootPath, deadline),
		facts: make(map[factsKey]*process.Facts), names: make(map[string]string),
	}
}

// Read hands over the events of some time. An event is valid only during the call.
func (r *Reader) Read(wait time.Duration, each func(*process.Event)) error {
	booted, err := procfs.SinceBoot()
	if err != nil {
		return err
	}
	r.now = time.Now()
	r.boot = r.now.Round(0).Add(-booted)
	return r.from.Read(wait, func(e *bpf.Event, exit *bpf.EventExitStatus, args, exe []byte) {
		r.fill(e, exit, args, exe)
		each(&r.event)
	})
}

var kinds = [...]process.EventKind{
	bpf.EventFork: process.EventFork, bpf.EventExec: process.EventExec, bpf.EventExit: process.EventExit,
}

func (r *Reader) fill(e *bpf.Event, exit *bpf.EventExitStatus, args, exe []byte) {
	r.event = process.Event{
		Kind: kinds[e.Kind], Time: r.boot.Add(time.Duration(e.Time)),
		ID:     process.ID{PID: int(e.Pid), StartTicks: e.Start / uint64(procfs.Tick)},
		Parent: int(e.Ppid), Name: r.intern(bpf.CommOf(&e.Comm)), UID: e.Uid,
		Kernel: e.Flags&bpf.EventKernelThread != 0, Cut: e.Flags&(bpf.EventTruncated|bpf.EventNoDetails) != 0,
		Age: time.Duration(e.Time - min(e.Start, e.Time)), Facts: r.factsOf(e, args, exe),
	}
	if exit == nil {
		return
	}
	r.event.Ended, r.event.Known = true, process.HasCPU
	r.event.Reason, r.event.Code = exits.ReasonOf(exit.Status, e.Flags&bpf.EventOOM != 0)
	r.event.CPUTime = time.Duration(exit.Runtime)
	if exit.Peak > 0 {
		r.event.Known |= process.HasMemory
		r.event.PeakBytes = exit.Peak * pageBytes
	}
}

var pageBytes = uint64(os.Getpagesize())

func (r *Reader) intern(name []byte) string {
	if kept, ok := r.names[string(name)]; ok {
		return kept
	}
	if len(r.names) >= maxNames {
		clear(r.names)
	}
	kept := string(name)
	r.names[kept] = kept
	return kept
}

func (r *Reader) factsOf(e *bpf.Event, args, exe []byte) *process.Facts {
	cut := e.Flags & bpf.EventTruncated
	if f := r.facts[factsKey{e.Uid, e.Cgroup, cut, string(args), string(exe)}]; f != nil {
		return f
	}
	f := &process.Facts{Exe: absolute(exe), Cmdline: splitArgs(args, cut != 0), User: r.users.Name(e.Uid, r.now)}
	group := r.cgroups.of(e.Cgroup, r.now)
	f.Cgroup, f.Unit, f.Container, f.PodUID = group.Path, group.Unit, group.Container, group.PodUID
	if group == (facts.Group{}) && e.Cgroup > rootCgroup {
		return f // The group is too new: look again at the next event.
	}
	if len(r.facts) >= maxFacts {
		clear(r.facts)
	}
	r.facts[factsKey{e.Uid, e.Cgroup, cut, string(args), string(exe)}] = f
	return f
}

// absolute returns a path, or "" for one that depends on where the process was.
func absolute(path []byte) string {
	if len(path) == 0 || path[0] != '/' {
		return ""
	}
	return string(path)
}

// splitArgs returns the arguments as an argument vector. The last one is left out if it was cut: a part
// of it could show a secret that is masked in the whole.
func splitArgs(args []byte, cut bool) []string {
	if len(args) == 0 {
		return nil
	}
	whole := bytes.HasSuffix(args, []byte{0})
	list := bytes.Split(bytes.TrimSuffix(args, []byte{0}), []byte{0})
	if cut && !whole {
		list = list[:len(list)-1]
	}
	texts := make([]string, len(list))
	for i, arg := range list {
		texts[i] = string(arg)
	}
	return texts
}

// Counts returns how many events there were and how many of them were lost, by kind.
func (r *Reader) Counts() (counted, lost [process.LossKinds]uint64, err error) {
	c, err := r.from.Counts()
	for kind, to := range kinds {
		counted[to], lost[to] = c.Counted[kind], c.Lost[kind]
	}
	return counted, lost, err
}

// Close ends it.
func (r *Reader) Close() error {
	r.users.Close()
	return errors.Join(r.from.Close())
}
