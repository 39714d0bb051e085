// Package host reads the process table of this host. It and the packages below it are the
// only ones that read the operating system; the others work on the plain data of package
// process.
package host

import (
	"context"
	"time"

	"proctree/collector/process"
)

// Reader reads the whole process table. A Reader is not safe for concurrent use: the
// Sampler calls it from one goroutine at a time.
type Reader interface {
	// Read takes a snapshot. A process that vanishes meanwhile is left out; what cannot
	// be read of one is absent and counted in Snapshot.Errors. An error means that there
	// is no snapshot at all.
	Read(ctx context.Context) (*process.Snapshot, error)
	// Close frees what the Reader holds.
	Close() error
}

// Detailer reads what is too dear to read of every process. Safe for concurrent use.
type Detailer interface {
	// Detail reads one process in full; ErrNoProcess if the ID has gone.
	Detail(ctx context.Context, id process.ID) (*process.Detail, error)
}

// Finder finds out which processes have a port or a file open. Safe for concurrent use.
type Finder interface {
	// Find looks into the processes, at most process.MaxHeld things at once. It takes a few
	// seconds at most.
	Find(ctx context.Context, ids []process.ID, things []process.Held) (*process.Holders, error)
}

// EventReader reads what happens to processes, each single event. Not safe for concurrent use.
type EventReader interface {
	// Read hands over the events of some time. An event is valid only during the call.
	Read(wait time.Duration, each func(*process.Event)) error
	// Counts returns how many events there were so far and how many of them were lost, by kind.
	Counts() (counted, lost [process.LossKinds]uint64, err error)
	Close() error
}
