package metric

import (
	"slices"
	"strings"
)

// All returns every metric in the order of the JSON, each rate after its counter. The list is the
// same at each call, and not to be changed.
func All() []Metric { return all }

var all = withRates(rows)

// withRates makes a metric of each rate.
func withRates(rows []Metric) []Metric {
	list := make([]Metric, 0, 2*len(rows))
	for i := range rows {
		counter := &rows[i]
		list = append(list, *counter)
		if r := counter.Rate; r != nil {
			list = append(list, Metric{
				Name: r.Name, Aliases: r.Aliases, Path: r.Path, Kind: PerSecond, Unit: r.Unit, Decimals: r.Decimals,
				Known: counter.Known, Sum: r.Sum, Omit: r.Omit, Role: counter.Role,
				Title: r.Title, Help: r.Help, of: counter,
			})
		}
	}
	return list
}

// Find returns the metric with a name, which may be an alias.
func Find(name string) (*Metric, bool) {
	for i := range all {
		if m := &all[i]; m.Name == name || slices.Contains(m.Aliases, name) {
			return m, true
		}
	}
	return nil, false
}

// Split returns the object of the JSON in which a metric stands, "" for the process itself, and
// the name of the member.
func (m *Metric) Split() (object, member string) {
	if object, member, ok := strings.Cut(m.Path, "."); ok {
		return object, member
	}
	return "", m.Path
}
