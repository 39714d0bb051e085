package detail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"proctree/collector/host/linux/procfs"
	"proctree/collector/host/sockets"
	"proctree/collector/process"
)

const (
	// findBudget bounds the time of one search. What is left then counts as unread.
	findBudget = 3 * time.Second
	// maxFound bounds the descriptors of one process that are looked at.
	maxFound = 10_000
)

// errFindHangs is returned while an earlier search is stuck in the kernel.
var errFindHangs = errors.New("an earlier search for ports or files has not ended; try again later")

// Find looks into the descriptors of the processes. There is one search at a time; others wait.
func (r *Reader) Find(ctx context.Context, ids []process.ID, things []process.Held) (*process.Holders, error) {
	if len(things) > process.MaxHeld {
		return nil, fmt.Errorf("more than %d ports and files", process.MaxHeld)
	}
	select {
	case r.finding <- struct{}{}:
	case <-ctx.Done():
		return nil, errFindHangs
	}
	answer := make(chan *process.Holders, 1)
	go func() {
		defer func() { <-r.finding }()
		s := search{reader: r, things: things, until: time.Now().Add(findBudget), names: make([]byte, 16<<10), target: make([]byte, 4096)}
		answer <- s.run(ctx, ids)
	}()
	select {
	case found := <-answer:
		return found, nil
	case <-ctx.Done():
		return nil, errFindHangs
	}
}

// search is one search.
type search struct {
	reader *Reader
	things []process.Held
	until  time.Time
	// names and target are buffers.
	names, target []byte
	// ports are the things that each socket has, by its inode, and namespaces those network
	// namespaces whose sockets are among them.
	ports      map[uint64]uint32
	namespaces map[string]bool
}

func (s *search) run(ctx context.Context, ids []process.ID) *process.Holders {
	s.ports, s.namespaces = make(map[uint64]uint32), make(map[string]bool)
	found := &process.Holders{By: make(map[process.ID]uint32)}
	for i, id := range ids {
		if ctx.Err() != nil || time.Now().After(s.until) {
			found.Unread += len(ids) - i
			break
		}
		things, err := s.look(id)
		switch {
		case errors.Is(err, process.ErrNoProcess):
		case err != nil:
			found.Unread++
		case things != 0:
			found.By[id] = things
		}
	}
	return found
}

// look looks into one process.
func (s *search) look(id process.ID) (things uint32, err error) {
	dir, err := s.reader.open(id)
	if err != nil {
		return 0, err
	}
	defer procfs.CloseFD(dir)
	fds, err := procfs.OpenAt(dir, []byte("fd\x00"), unix.O_DIRECTORY)
	if procfs.IsGone(err) {
		return 0, process.ErrNoProcess
	}
	if err != nil {
		return 0, err
	}
	defer procfs.CloseFD(fds)
	s.readNamespace(dir)
	for _, fd := range numbersIn(fds, s.names, maxFound) {
		if n, err := unix.Readlinkat(fds, strconv.Itoa(fd), s.target); err == nil {
			things |= s.match(s.target[:n])
		}
	}
	return things, nil
}

// match returns the things that a descriptor is.
func (s *search) match(target []byte) (things uint32) {
	if inode, ok := sockets.Inode(string(target)); ok {
		return s.ports[inode]
	}
	for i := range s.things {
		if file := s.things[i].File; file != "" && bytes.Contains(target, []byte(file)) {
			things |= 1 << i
		}
	}
	return things
}

// readNamespace reads the sockets of a network namespace once.
func (s *search) readNamespace(dir int) {
	n, err := unix.Readlinkat(dir, "ns/net", s.target)
	if err != nil || s.namespaces[string(s.target[:n])] || !s.wantsPorts() {
		return
	}
	s.namespaces[string(s.target[:n])] = true
	for _, file := range netFiles {
		eachLine(dir, file.name, func(line []byte) {
			e, ok := sockets.ParseEndpoint(line, file.protocol)
			if !ok {
				return
			}
			for i := range s.things {
				if port := s.things[i].Port; port != 0 && e.HasPort(port) {
					s.ports[e.Inode] |= 1 << i
				}
			}
		})
	}
}

func (s *search) wantsPorts() bool {
	for i := range s.things {
		if s.things[i].Port != 0 {
			return true
		}
	}
	return false
}
