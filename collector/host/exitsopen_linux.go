package host

import (
	"fmt"

	"github.com/go-kit/log/level"
)

// openExits starts the best accounting of exits that is wanted and possible; without any,
// the growth of the parents' times has to tell.
func (r *linuxReader) openExits() error {
	if r.cfg.Exits == string(ExitsChildren) {
		return nil
	}
	source, err := openBPFExits(r.proc)
	switch {
	case err == nil:
		r.exits = source
	case r.cfg.Exits == string(ExitsBPF):
		return fmt.Errorf("account for exits by BPF: %w", err)
	default:
		_ = level.Info(r.cfg.Logger).Log("msg", "the CPU of short-lived processes is given to their parents", "reason", err)
	}
	return nil
}

// addExits adds the records of the processes that ended to a snapshot. begun is what
// announcing the scan has said.
func (r *linuxReader) addExits(s *Snapshot, begun error) {
	var cgroups []uint64
	if s.Reader == ReaderBPF {
		cgroups = r.bpf.cgroups
	}
	r.ledger.begin(r.previous, s, cgroups)
	for _, err := range []error{begun, r.exits.passEnded(), r.exits.drain(r.ledger)} {
		if err != nil {
			s.Errors[ReasonExits]++
			_ = level.Debug(r.cfg.Logger).Log("msg", "accounts of exits", "err", err)
		}
	}
	s.Exits = r.ledger.finish()
	s.ExitsLost = r.exits.lost() + r.ledger.lost
	r.ledger.lost = 0
	s.ExitSource = r.exits.name()
}
