package exits

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"proctree/collector/process"
)

// A taskRecord is what the kernel says of a thread that ends (struct taskstats in
// linux/taskstats.h, Documentation/accounting/taskstats-struct.rst). Numbers are those of
// the initial namespaces.
type taskRecord struct {
	pid, tgid, ppid int
	uid             uint32
	name            string
	// last is set for the last thread of its process, leader for the first.
	last, leader bool
	// ranParent is set for a leader that ran the program of its parent.
	ranParent bool
	// status is how a leader ended, as wait(2) has it.
	status uint32
	// began is when the thread began, in whole seconds.
	began time.Time
	life  taskLife
	// used has the run time as the kernel tells it; see taskLife.
	used taskUsage
}

// taskUsage are the values that add up. User and system time are sampled at clock ticks.
type taskUsage struct {
	process.CPUAccount
	minorFaults, majorFaults, read, written uint64
	// wait is how long it was ready to run and had no CPU.
	wait time.Duration
	// stints is how often it was put on a CPU, 0 where the kernel does not count wait.
	stints uint64
	delays process.Delays
}

func (u *taskUsage) add(v taskUsage) {
	u.Add(v.CPUAccount)
	u.minorFaults += v.minorFaults
	u.majorFaults += v.majorFaults
	u.read += v.read
	u.written += v.written
	u.wait += v.wait
	u.stints += v.stints
	u.delays = u.delays.Plus(v.delays)
}

// Where the fields lie. New versions of the struct only append.
const (
	tsVersion     = 0
	tsExitCode    = 4
	tsFlag        = 8
	tsStints      = 16
	tsWaited      = 24
	tsBlockIO     = 40
	tsSwapIn      = 56
	tsRunVirtual  = 72
	tsComm        = 80
	tsCommLength  = 32
	tsUID         = 120
	tsPID         = 128
	tsPPID        = 132
	tsElapsed     = 144
	tsUserTime    = 152
	tsSystemTime  = 160
	tsMinorFaults = 168
	tsMajorFaults = 176
	tsRead        = 248
	tsWritten     = 256
	tsSleeps      = 272
	tsReclaim     = 320
	tsThrashing   = 336
	tsBegan       = 344
	tsTGID        = 368
	tsLength      = 376
	// tsMinVersion is the first that tells the process of a thread (Linux 5.19).
	tsMinVersion = 12
)

// Bits of ac_flag (linux/acct.h).
const (
	acctForked    = 0x01 // AFORK: executed no program
	acctLastGroup = 0x20 // AGROUP: the last thread
)

var (
	errTaskstatsVersion = errors.New("the kernel's exit records do not tell processes from threads (Linux 5.19)")
	errNetlink          = errors.New("malformed netlink message")
)

// parseTaskstats reads a struct taskstats.
func parseTaskstats(b []byte) (taskRecord, error) {
	if len(b) < 2 {
		return taskRecord{}, errNetlink
	}
	n := binary.NativeEndian
	if version := n.Uint16(b[tsVersion:]); version < tsMinVersion || len(b) < tsLength {
		return taskRecord{}, fmt.Errorf("version %d, %d bytes: %w", version, len(b), errTaskstatsVersion)
	}
	name, _, _ := bytes.Cut(b[tsComm:tsComm+tsCommLength], []byte{0})
	ns := func(at int) time.Duration { return time.Duration(n.Uint64(b[at:])) }
	us := func(at int) time.Duration { return time.Duration(n.Uint64(b[at:])) * time.Microsecond }
	r := taskRecord{
		pid:    int(n.Uint32(b[tsPID:])),
		tgid:   int(n.Uint32(b[tsTGID:])),
		ppid:   int(n.Uint32(b[tsPPID:])),
		uid:    n.Uint32(b[tsUID:]),
		name:   string(name),
		last:   b[tsFlag]&acctLastGroup != 0,
		status: n.Uint32(b[tsExitCode:]),
		began:  time.Unix(int64(n.Uint64(b[tsBegan:])), 0),
		life: taskLife{
			elapsed: us(tsElapsed),
			waited:  ns(tsWaited),
			stints:  n.Uint64(b[tsStints:]),
			sleeps:  n.Uint64(b[tsSleeps:]),
		},
		used: taskUsage{
			CPUAccount: process.CPUAccount{
				Run: ns(tsRunVirtual),
				CPU: process.CPU{User: us(tsUserTime), System: us(tsSystemTime)},
			},
			minorFaults: n.Uint64(b[tsMinorFaults:]),
			majorFaults: n.Uint64(b[tsMajorFaults:]),
			read:        n.Uint64(b[tsRead:]),
			written:     n.Uint64(b[tsWritten:]),
			wait:        ns(tsWaited),
			stints:      n.Uint64(b[tsStints:]),
			delays:      process.Delays{BlockIO: ns(tsBlockIO), SwapIn: ns(tsSwapIn), Reclaim: ns(tsReclaim), Thrashing: ns(tsThrashing)},
		},
	}
	r.leader = r.pid == r.tgid
	r.ranParent = r.leader && b[tsFlag]&acctForked != 0
	return r, nil
}

// Lengths of headers, and the attributes of a taskstats message (netlink(7),
// linux/genetlink.h, linux/taskstats.h).
const (
	nlHeader     = 16
	genlHeader   = 4
	attrHeader   = 4
	attrTypeMask = 0x3fff

	tsTypeStats   = 3
	tsTypeAggrPID = 4
)

// parseExits calls each for every record of a thread in a datagram. The kernel's own sums
// over a process' threads are left out: they lack most values.
func parseExits(datagram []byte, each func(taskRecord)) error {
	for len(datagram) > 0 {
		message, rest, err := cut(datagram, nlHeader, func(b []byte) int { return int(binary.NativeEndian.Uint32(b)) })
		if err != nil {
			return err
		}
		datagram = rest
		if len(message) < nlHeader+genlHeader {
			continue
		}
		err = attributes(message[nlHeader+genlHeader:], tsTypeAggrPID, func(group []byte) error {
			return attributes(group, tsTypeStats, func(stats []byte) error {
				r, err := parseTaskstats(stats)
				if err == nil {
					each(r)
				}
				return err
			})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// attributes calls each with the value of every attribute of a type.
func attributes(b []byte, wanted uint16, each func([]byte) error) error {
	for len(b) >= attrHeader {
		attr, rest, err := cut(b, attrHeader, func(b []byte) int { return int(binary.NativeEndian.Uint16(b)) })
		if err != nil {
			return err
		}
		b = rest
		if binary.NativeEndian.Uint16(attr[2:])&attrTypeMask != wanted {
			continue
		}
		if err := each(attr[attrHeader:]); err != nil {
			return err
		}
	}
	return nil
}

// cut takes the first item off, whose header begins with its length. Items are aligned to
// 4 bytes.
func cut(b []byte, header int, length func([]byte) int) (item, rest []byte, err error) {
	if len(b) < header {
		return nil, nil, errNetlink
	}
	n := length(b)
	if n < header || n > len(b) {
		return nil, nil, errNetlink
	}
	return b[:n], b[min((n+3)&^3, len(b)):], nil
}
