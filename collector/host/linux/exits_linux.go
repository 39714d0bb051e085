package linux

import (
	"errors"
	"fmt"
	"strings"

	"proctree/collector/host/linux/exits"
	"proctree/collector/process"

	"github.com/go-kit/log/level"
)

// openExits starts the best accounting of exits that is wanted and possible; without any,
// the growth of the parents' times has to tell. The reasons say why there is nothing better.
func (r *Reader) openExits() (reasons []error, err error) {
	if r.cfg.Exits == auto && !r.proc.Genuine {
		return nil, nil // A tree of files has no processes that end.
	}
	for _, way := range []struct {
		source process.ExitSource
		open   func() (exits.Source, error)
	}{
		{process.ExitsBPF, func() (exits.Source, error) { return exits.OpenBPF(r.proc, r.cfg.Network) }},
		{process.ExitsTaskstats, func() (exits.Source, error) { return exits.OpenTaskstats(r.proc, r.scanner.AccountsIO()) }},
	} {
		if r.cfg.Exits != auto && r.cfg.Exits != string(way.source) {
			continue
		}
		source, err := way.open()
		if err == nil {
			r.exits = source
			return reasons, nil
		}
		reasons = append(reasons, fmt.Errorf("%s: %w", way.source, err))
	}
	if r.cfg.Exits == auto {
		return reasons, nil
	}
	return nil, errors.Join(reasons...)
}

// logExits says why there is nothing better.
func (r *Reader) logExits(reasons []error) {
	if len(reasons) == 0 {
		return
	}
	source := process.ExitsChildren
	if r.exits != nil {
		source = r.exits.Name()
	}
	texts := make([]string, len(reasons))
	for i, err := range reasons {
		texts[i] = err.Error()
	}
	_ = level.Info(r.cfg.Logger).Log("msg", "CPU time of short-lived processes is approximate",
		"exits", source, "reason", strings.Join(texts, "; "))
}

// addExits adds the records of the processes that ended to a snapshot. begun is what
// announcing the scan has said.
func (r *Reader) addExits(s *process.Snapshot, begun error) {
	switch s.Reader {
	case process.ReaderWalk:
		r.ledger.Start(s, r.walk.Cgroups)
		for _, p := range r.walk.Gone {
			r.ledger.Leaves(p)
		}
	case process.ReaderIterator:
		r.ledger.Begin(r.previous, s, r.bpf.Cgroups)
	default:
		r.ledger.Begin(r.previous, s, nil)
	}
	for _, err := range []error{begun, r.exits.PassEnded(), r.exits.Drain(r.ledger)} {
		if err != nil {
			s.Errors[process.ReasonExits]++
			_ = level.Debug(r.cfg.Logger).Log("msg", "exit accounting", "err", err)
		}
	}
	s.Exits = r.ledger.Finish()
	s.ExitsLost = r.exits.Lost() + r.ledger.Lost
	r.ledger.Lost = 0
	s.ExitSource = r.exits.Name()
}
