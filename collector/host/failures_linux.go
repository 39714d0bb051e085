package host

import (
	"errors"

	"proctree/collector/process"
)

// errParse is returned for a file that holds what its manual page does not say.
var errParse = errors.New("malformed file")

// failures counts what could not be read, by the reasons of Snapshot.Errors.
type failures struct{ permission, deadline, parse, other uint32 }

// add counts an error, unless it says that something is not there.
func (f *failures) add(err error) {
	switch reasonOf(err) {
	case "":
	case process.ReasonPermission:
		f.permission++
	case process.ReasonDeadline:
		f.deadline++
	case process.ReasonParse:
		f.parse++
	default:
		f.other++
	}
}

// transient reports whether something failed that may well be read next time.
func (f *failures) transient() bool { return f.deadline+f.parse+f.other > 0 }

func (f *failures) merge(g failures) {
	f.permission += g.permission
	f.deadline += g.deadline
	f.parse += g.parse
	f.other += g.other
}

// addTo adds the counts that are not zero to errs.
func (f failures) addTo(errs map[string]uint64) {
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
