package host

import (
	"errors"
	"fmt"
	"strings"

	"proctree/collector/process"

	"github.com/go-kit/log/level"
)

// openExits starts the best accounting of exits that is wanted and possible; without any,
// the growth of the parents' times has to tell.
func (r *linuxReader) openExits() error {
	if r.cfg.Exits == ExitsAuto && !r.proc.genuine {
		return nil // A tree of files has no processes that end.
	}
	var reasons []error
	for _, way := range []struct {
		source process.ExitSource
		open   func() (exitSource, error)
	}{
		{process.ExitsBPF, func() (exitSource, error) { return openBPFExits(r.cfg, r.proc) }},
		{process.ExitsTaskstats, func() (exitSource, error) { return openTaskstats(r.caps.io) }},
	} {
		if r.cfg.Exits != ExitsAuto && r.cfg.Exits != string(way.source) {
			continue
		}
		source, err := way.open()
		if err == nil {
			r.exits = source
			r.logExits(way.source, reasons)
			return nil
		}
		reasons = append(reasons, fmt.Errorf("%s: %w", way.source, err))
	}
	if r.cfg.Exits == ExitsAuto {
		r.logExits(process.ExitsChildren, reasons)
		return nil
	}
	return errors.Join(reasons...)
}

// logExits says why there is nothing better.
func (r *linuxReader) logExits(source process.ExitSource, reasons []error) {
	if len(reasons) == 0 {
		return
	}
	texts := make([]string, len(reasons))
	for i, err := range reasons {
		texts[i] = err.Error()
	}
	_ = level.Info(r.cfg.Logger).Log("msg", "the CPU of processes that end between scans is not accounted for in the best way",
		"exits", source, "reason", strings.Join(texts, "; "))
}

// addExits adds the records of the processes that ended to a snapshot. begun is what
// announcing the scan has said.
func (r *linuxReader) addExits(s *process.Snapshot, begun error) {
	switch s.Reader {
	case ReaderWalk:
		r.ledger.start(s, r.walk.cgroups)
		for _, p := range r.walk.gone {
			r.ledger.leaves(p)
		}
	case ReaderIterator:
		r.ledger.begin(r.previous, s, r.bpf.cgroups)
	default:
		r.ledger.begin(r.previous, s, nil)
	}
	for _, err := range []error{begun, r.exits.passEnded(), r.exits.drain(r.ledger)} {
		if err != nil {
			s.Errors[process.ReasonExits]++
			_ = level.Debug(r.cfg.Logger).Log("msg", "accounts of exits", "err", err)
		}
	}
	s.Exits = r.ledger.finish()
	s.ExitsLost = r.exits.lost() + r.ledger.lost
	r.ledger.lost = 0
	s.ExitSource = r.exits.name()
}
