package sockets

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"

	"proctree/collector/process"
)

// Reader remembers which sockets each process had. It is safe for concurrent use.
type Reader struct {
	cfg Config

	mu        sync.Mutex
	processes map[process.ID]*descriptors
	reading   uint64
	target    []byte
}

// descriptors are the sockets among the descriptors of one process, as they were when they
// were last read.
type descriptors struct {
	inodes []uint64
	// namespace is the inode of the process' network namespace.
	namespace uint64
	// known is unset until they were read.
	known bool
	read  time.Time
	// seen is the reading in which the process was there last.
	seen uint64
}

// New returns a Reader of the proc file system.
func New(cfg Config) (*Reader, error) {
	cfg = cfg.withDefaults()
	if _, err := os.Stat(cfg.ProcPath); err != nil {
		return nil, fmt.Errorf("open the proc file system: %w", err)
	}
	return &Reader{
		cfg:       cfg,
		processes: make(map[process.ID]*descriptors),
		target:    make([]byte, 64),
	}, nil
}

// Read returns the sockets of the processes, which are those of one snapshot.
func (r *Reader) Read(processes []*process.Process) *Result {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refresh(processes)
	tables := r.tables(processes)
	result := &Result{ByProcess: make(map[process.ID][]Socket, len(r.processes))}
	for i := range processes {
		id := processes[i].ID
		if processes[i].Kernel {
			continue
		}
		d := r.processes[id]
		table, ok := tables[d.namespace]
		if !d.known || !ok {
			result.Unread++
			continue
		}
		var found []Socket
		for _, inode := range d.inodes {
			if s, ok := table[inode]; ok {
				found = append(found, s)
			}
		}
		result.ByProcess[id] = found
	}
	return result
}

// refresh reads the descriptors of as many processes as there is time for, those first
// that were read longest ago.
func (r *Reader) refresh(processes []*process.Process) {
	began := time.Now()
	r.reading++
	order := make([]process.ID, 0, len(processes))
	for _, p := range processes {
		if p.Kernel {
			continue
		}
		d := r.processes[p.ID]
		if d == nil {
			d = &descriptors{}
			r.processes[p.ID] = d
		}
		d.seen = r.reading
		order = append(order, p.ID)
	}
	for id, d := range r.processes {
		if d.seen != r.reading {
			delete(r.processes, id)
		}
	}
	slices.SortStableFunc(order, func(a, b process.ID) int {
		return cmp.Compare(r.processes[a].read.UnixNano(), r.processes[b].read.UnixNano())
	})
	for _, id := range order {
		if time.Since(began) > r.cfg.Budget {
			return
		}
		r.readDescriptors(id)
	}
}

// readDescriptors reads one process. What is refused stays unknown.
func (r *Reader) readDescriptors(id process.ID) {
	d := r.processes[id]
	d.read, d.known = time.Now(), false
	dir := r.cfg.ProcPath + "/" + strconv.Itoa(id.PID)
	namespace, err := r.namespaceOf(dir)
	if err != nil {
		return
	}
	inodes, err := r.socketsOf(dir, d.inodes[:0])
	if err != nil {
		return
	}
	d.inodes, d.namespace, d.known = inodes, namespace, true
}
