package exits

import (
	"errors"
	"maps"
	"time"

	"proctree/collector/host/linux/bpf"
	"proctree/collector/process"
)

// An account that has not come so many scans, and so long, after a process was gone never
// will: the kernel closes it milliseconds later. A reader that follows processes from scan to scan
// still remembers it then.
const (
	missedAfter    = process.RememberScans - 1
	missedAfterFor = time.Second
)

// missedExits finds the processes that ended without an account: the kernel ran no program
// when it freed them. What was known when they began to end is their account then.
type missedExits struct {
	// procHides is set where the proc file system does not show all processes.
	procHides bool
	// absent left the table, or were never in it, and have no account yet.
	absent map[bpf.EndedKey]absence
}

// absence is the first scan that did not show a process, and its end as it was noted.
type absence struct {
	scan  uint64
	at    time.Time
	ended bpf.Ended
}

// pendingExits is what bpf.Exits does for missedExits.
type pendingExits interface {
	Pending(each func(*bpf.EndedKey, *bpf.Ended)) error
	Take(bpf.EndedKey, bpf.Ended) (bool, error)
}

// recover takes those that have waited for their account long enough.
func (m *missedExits) recover(from pendingExits, l *Ledger) error {
	if m.procHides && l.table.Reader == process.ReaderProcfs {
		return nil // Whether one is a zombie or gone cannot be told.
	}
	absent := make(map[bpf.EndedKey]absence)
	err := from.Pending(func(k *bpf.EndedKey, e *bpf.Ended) {
		if l.table.ByID(idOf(k)) != nil {
			return
		}
		a, ok := m.absent[*k]
		if !ok {
			a = absence{l.scan, l.now, *e}
		}
		absent[*k] = a
	})
	if err != nil {
		return err
	}
	m.absent = absent
	var errs []error
	maps.DeleteFunc(absent, func(k bpf.EndedKey, a absence) bool {
		if l.scan-a.scan < missedAfter || l.now.Sub(a.at) < missedAfterFor {
			return false
		}
		taken, err := from.Take(k, a.ended)
		if taken {
			l.addEnded(&k, &a.ended)
		}
		errs = append(errs, err)
		return true
	})
	return errors.Join(errs...)
}
