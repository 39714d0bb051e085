package procfs

import (
	"errors"

	"proctree/collector/host/procfile"
	"proctree/collector/process"
)

// ErrParse is returned for a file that holds what its manual page does not say.
var ErrParse = errors.New("malformed file")

// Failures counts what could not be read, by the reasons of Snapshot.Errors.
type Failures struct {
	permission, deadline, parse, other uint32
	// first names the first thing that could not be parsed, or was read with an error of
	// another kind. It holds nothing that changes from one scan to the next.
	first string
}

// Oddities counts lines or fields that cannot be parsed. Place names the first of them, such
// as "status: Uid".
func (f *Failures) Oddities(count uint32, where string) {
	f.parse += count
	f.name(where)
}

// First names the first thing that could not be read or parsed; empty if there is none.
func (f *Failures) First() string { return f.first }

func (f *Failures) name(where string) {
	if f.first == "" {
		f.first = where
	}
}

// Add counts an error, unless it says that something is not there.
func (f *Failures) Add(err error) {
	switch ReasonOf(err) {
	case "":
	case process.ReasonPermission:
		f.permission++
	case process.ReasonDeadline:
		f.deadline++
	case process.ReasonParse:
		f.parse++
		if partial, ok := errors.AsType[*procfile.PartialError](err); ok {
			f.parse += uint32(partial.Count) - 1
		}
		f.name(err.Error())
	default:
		f.other++
		f.name(err.Error())
	}
}

// transient reports whether something failed that may well be read next time.
func (f *Failures) transient() bool { return f.deadline+f.parse+f.other > 0 }

func (f *Failures) merge(g Failures) {
	f.permission += g.permission
	f.deadline += g.deadline
	f.parse += g.parse
	f.other += g.other
	f.name(g.first)
}

// AddTo adds the counts that are not zero to errs.
func (f Failures) AddTo(errs map[string]uint64) {
	for _, c := range [...]struct {
		reason string
		count  uint32
	}{
		{process.ReasonPermission, f.permission},
		{process.ReasonDeadline, f.deadline},
		{process.ReasonParse, f.parse},
		{process.ReasonOther, f.other},
	} {
		if c.count > 0 {
			errs[c.reason] += uint64(c.count)
		}
	}
}
