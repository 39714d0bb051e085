package bpf

import (
	"context"
	"errors"
	"fmt"
	"os"

	"proctree/collector/host/linux/procfs"
)

// OpenTable opens the iterator, that which is pinned at pin if that is not empty. It returns
// why it cannot be used, and whether the kernel keeps the first process from it. waits can be
// nil.
func OpenTable(proc *procfs.Dir, pin string, waits *ThreadWaits) (table *Table, hidesFirst bool, err error) {
	if err := Obstacle(proc); err != nil {
		return nil, false, err
	}
	open := func() (*Tasks, error) { return LoadTasks(waits) }
	if pin != "" {
		// Opening a FIFO would wait for ever, and no other file is an iterator.
		if err := inBPFFS(pin); err != nil {
			return nil, false, err
		}
		open = func() (*Tasks, error) { return OpenTasks(pin) }
	}
	tasks, err := open()
	if err != nil {
		return nil, false, err
	}
	table = NewTable(tasks)
	processes, err := table.Read(context.Background(), nil)
	if err != nil {
		return nil, false, errors.Join(err, tasks.Close())
	}
	hidesFirst = processes[0].PID != 1
	table.forget()
	return table, hidesFirst, nil
}

// OpenWalk opens the walk, or returns why it cannot be used. hidesFirst is whether the
// kernel keeps the first process from programs. waits can be nil.
func OpenWalk(hidesFirst bool, waits *ThreadWaits) (*WalkTable, error) {
	walk, err := LoadWalk(hidesFirst, waits)
	if err != nil {
		return nil, err
	}
	skipped := 0
	if hidesFirst {
		skipped = 1
	}
	table := NewWalkTable(walk, skipped)
	if err := table.try(context.Background()); err != nil {
		return nil, errors.Join(err, walk.Close())
	}
	return table, nil
}

// errImplausible is returned where the walk does not show this process as it is: then it
// reads this kernel's memory wrongly.
var errImplausible = errors.New("the walk returned wrong values for this process")

// try makes a first pass and looks at what it shows of this process.
func (t *WalkTable) try(ctx context.Context) error {
	if err := t.Read(ctx); err != nil {
		return err
	}
	defer t.Reset()
	for i := range t.changed {
		r := &t.changed[i]
		if int(r.Pid) != t.self {
			continue
		}
		if int(r.Ppid) != os.Getppid() || int(r.Uid) != os.Geteuid() || r.Start == 0 || r.Threads == 0 || r.Rss == 0 || r.Vm < r.Rss {
			return fmt.Errorf("%w: parent %d, user %d, start %d, %d threads, %d of %d pages resident",
				errImplausible, r.Ppid, r.Uid, r.Start, r.Threads, r.Rss, r.Vm)
		}
	}
	return nil
}
