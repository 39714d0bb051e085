package system

import (
	"errors"

	"proctree/collector/host/procfile"

	"golang.org/x/sys/unix"
)

// Pressure implements Reader from /proc/pressure. A kernel may have it compiled in and
// switched off (psi=0): then opening works and reading gives EOPNOTSUPP.
func (r *reader) Pressure() ([]Pressure, error) {
	var d Damage
	var all []Pressure
	for _, resource := range []string{"cpu", "memory", "io", "irq"} {
		d.Part(func() error {
			text, err := readFile(r.procPath("pressure", resource))
			if errors.Is(err, unix.EOPNOTSUPP) {
				return errors.ErrUnsupported
			}
			if err != nil {
				return err
			}
			p := procfile.ParsePressure(resource, string(text), r.longest(), &d)
			all = append(all, Pressure{Resource: resource, Some: p.Some.Total, Full: p.Full.Total})
			return nil
		})
	}
	return all, d.Err()
}
