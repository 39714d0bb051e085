// Package disk has what the store of recordings asks of the file system besides files: a lock that
// ends with the process, and how much room is left.
package disk

import "errors"

// ErrLocked is returned where another process holds the lock.
var ErrLocked = errors.New("another process holds the lock")

// Space is the room of a file system, in bytes.
type Space struct{ Free, Total uint64 }
