package sockets

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"proctree/collector/host/procfile"
	"proctree/collector/process"
)

// The bounds of one reading of the sockets.
const (
	maxNamespaces   = 256
	maxTableSockets = 1_000_000
)

// netFiles are where a network namespace lists its sockets.
var netFiles = []struct {
	name     string
	protocol Protocol
}{{"tcp", TCP}, {"tcp6", TCP}, {"udp", UDP}, {"udp6", UDP}}

// table has the sockets of one network namespace by their inodes.
type table map[uint64]Socket

var errBounds = errors.New("more than the limits of time or size allow")

// tables reads every network namespace of the processes by way of one of them. A namespace
// that could not be read whole is left out.
func (r *Reader) tables(processes []*process.Process) map[uint64]table {
	deadline, room := time.Now().Add(r.cfg.Budget), maxTableSockets
	tables := make(map[uint64]table)
	for i := range processes {
		d := r.processes[processes[i].ID]
		if d == nil || !d.known || len(tables) >= maxNamespaces {
			continue
		}
		if _, ok := tables[d.namespace]; ok {
			continue
		}
		t, err := r.readTable(processes[i].PID, deadline, room)
		if errors.Is(err, errBounds) {
			return tables
		}
		if err != nil {
			continue // It has ended; another process of the namespace may have not.
		}
		room -= len(t)
		tables[d.namespace] = t
	}
	return tables
}

// readTable reads the sockets of the network namespace of a process.
func (r *Reader) readTable(pid int, deadline time.Time, room int) (table, error) {
	t := make(table)
	for _, file := range netFiles {
		err := readNetFile(r.cfg.ProcPath+"/"+strconv.Itoa(pid)+"/net/"+file.name, func(line []byte) error {
			if s, ok := parseLine(line, file.protocol); ok {
				t[s.Inode] = s
			}
			if len(t) > room || time.Now().After(deadline) {
				return errBounds
			}
			return nil
		})
		// A kernel without IPv6 has no files for it.
		if err != nil && (!errors.Is(err, os.ErrNotExist) || !strings.HasSuffix(file.name, "6")) {
			return nil, err
		}
	}
	return t, nil
}

func readNetFile(path string, each func(line []byte) error) error {
	f, err := procfile.Open(path)
	if err != nil {
		return fmt.Errorf("read sockets: %w", err)
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	lines.Split(procfile.ScanWholeLines)
	for lines.Scan() {
		if err := each(lines.Bytes()); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read sockets: %w", err)
	}
	return nil
}
