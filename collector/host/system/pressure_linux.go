package system

import "proctree/collector/host/procfile"

// Pressure implements Reader from /proc/pressure. A kernel may have it compiled in and
// switched off (psi=0): then opening works and reading gives EOPNOTSUPP.
func (r *reader) Pressure() ([]Pressure, error) {
	var d Damage
	var all []Pressure
	for _, resource := range []string{"cpu", "memory", "io", "irq"} {
		readPart(&d, r.procPath("pressure", resource), func(text string) {
			p := procfile.ParsePressure(resource, text, r.longest(), &d)
			all = append(all, Pressure{Resource: resource, Some: p.Some.Total, Full: p.Full.Total})
		})
	}
	return all, d.Err()
}
