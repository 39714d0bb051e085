package facts

import (
	"math"
	"sync"

	"proctree/collector/host/linux/procfs"
	"proctree/collector/host/stall"
	"proctree/collector/process"
)

// factsEntry is what is known of one process.
type factsEntry struct {
	id     process.ID
	name   string
	uid    uint32
	noUID  bool
	cgroup uint64
	facts  *process.Facts
	failed procfs.Failures
	// unread is set until the facts of this program and user have been read.
	unread bool
	// due is the tick at which the facts are to be read again.
	due uint64
	// overdue is a reading that has not returned in time.
	overdue *factsReading
}

// lookAt is the tick from which on the process has to be looked at if it does not change. What
// was refused is counted in each scan.
func (e *factsEntry) lookAt(kernel bool) uint64 {
	switch {
	case kernel:
		return math.MaxUint64
	case e.unread, e.overdue != nil, e.failed != procfs.Failures{}:
		return 0
	}
	return e.due
}

// factsReading is one reading; its results may be used once the read has finished.
type factsReading struct {
	*stall.Read
	name   string
	facts  process.Facts
	failed procfs.Failures

	mu sync.Mutex
	// early are the facts for which the reading did not have to wait.
	early process.Facts
}

func (r *factsReading) show(early process.Facts) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.early = early
}

// soFar returns the facts that are there while the reading goes on; without a reading there are none.
func (r *factsReading) soFar() process.Facts {
	if r == nil {
		return process.Facts{}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.early
}

// Sighting is what a scan knows of a process before its facts. The name is the kernel's;
// it may lie in a buffer.
type Sighting struct {
	process.ID
	Name []byte
	UID  uint32
	// noUID: the user is not known.
	NoUID, Kernel bool
	// Cgroup is the inode of its control group, 0 where it is not known.
	Cgroup uint64
}
