package linux

import (
	"github.com/go-kit/log/level"

	"proctree/collector/host/linux/bpf"
	"proctree/collector/host/linux/exits"
	"proctree/collector/host/linux/procfs"
	"proctree/collector/process"
)

// networks has what each living process has sent and received.
type networks struct {
	counter *bpf.Network
	// of has the processes that sent or received anything. One whose account the kernel has closed
	// stays for as long as the table shows it.
	of   map[process.ID]*networkAccount
	scan uint64
}

// networkAccount is what a process has sent and received. The pointer stays the same while nothing is
// added, so that a process that is idle counts as unchanged.
type networkAccount struct {
	total *process.Network
	// seen is the last scan in which the kernel or the table had the process.
	seen uint64
}

// openNetwork starts to count what processes send and receive, if that is wanted and possible.
func (r *Reader) openNetwork() {
	if !r.cfg.Network || !r.proc.Genuine {
		return
	}
	counter, err := exits.CountNetwork(r.exits)
	if err != nil {
		_ = level.Warn(r.cfg.Logger).Log("msg", "what processes send and receive cannot be counted; see docs/network.md", "err", err)
		return
	}
	r.networks = &networks{counter: counter, of: make(map[process.ID]*networkAccount)}
}

// read takes what the kernel has counted. It comes before the pass over the table, so that no process
// of the table has lost its account to its end meanwhile.
func (n *networks) read() (lost uint64, err error) {
	n.scan++
	err = n.counter.Read(func(of *bpf.Networked) {
		n.add(process.ID{PID: int(of.Pid), StartTicks: of.Start / uint64(procfs.Tick)}, of.Network.Network())
	})
	return n.counter.Lost(), err
}

func (n *networks) add(id process.ID, total *process.Network) {
	if total == nil {
		return
	}
	account := n.of[id]
	if account == nil {
		account = &networkAccount{}
		n.of[id] = account
	}
	account.seen = n.scan
	account.total = total.Max(account.total)
}

// apply gives the processes what is known of them, those that snapshots share in copies. before is the
// table of the scan before, and serial the number of this one.
func (n *networks) apply(s *process.Snapshot, before []*process.Process, serial uint64) {
	previous := process.Snapshot{Processes: before}
	for i, p := range s.Processes {
		if !p.Known.Has(process.HasNetwork) {
			s.Processes[i] = withNetwork(p, p.Network, serial)
		}
	}
	for id, account := range n.of {
		at, ok := s.Index(id.PID)
		if !ok || s.Processes[at].ID != id {
			if n.scan-account.seen >= process.RememberScans {
				delete(n.of, id)
			}
			continue
		}
		account.seen = n.scan
		if s.Processes[at].Network == account.total {
			continue
		}
		p := withNetwork(s.Processes[at], account.total, serial)
		if was := previous.ByID(id); was != nil && p.Since > 0 {
			process.Compare(p, was, serial)
		}
		s.Processes[at] = p
	}
}

// withNetwork returns the process with that value, in a copy if another snapshot may have it too.
func withNetwork(of *process.Process, total *process.Network, serial uint64) *process.Process {
	p := of
	if of.Since > 0 && of.Since < serial {
		p = new(*of)
		p.Since = serial
	}
	p.Network = total
	p.Known |= process.HasNetwork
	return p
}

// readNetwork reads what has been counted, before a pass over the table.
func (r *Reader) readNetwork() (failed bool) {
	if r.networks == nil {
		return false
	}
	lost, err := r.networks.read()
	if err != nil || lost > 0 {
		_ = level.Debug(r.cfg.Logger).Log("msg", "network of processes", "lost", lost, "err", err)
	}
	return err != nil || lost > 0
}
