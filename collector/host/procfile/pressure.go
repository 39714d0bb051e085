package procfile

import (
	"strconv"
	"strings"
	"time"
)

// Pressure is one file of /proc/pressure (Documentation/accounting/psi.rst). A nil value is
// not known.
type Pressure struct{ Some, Full pressureLine }

// pressureLine is one line of it.
type pressureLine struct {
	// Average10 is the share of the last 10 s, from 0 to 1.
	Average10 *float64
	// Total is the time since boot.
	Total *time.Duration
}

// ParsePressure parses the two lines "some avg10=0.00 avg60=0.00 avg300=0.00 total=0" of a
// resource; that of all tasks begins with "full". It returns nil in a line that is not there.
func ParsePressure(resource, text string, longest time.Duration, d *Damage) Pressure {
	var p Pressure
	seen := make(map[string]bool, 2)
	whole := d.WholeLines("/proc/pressure/"+resource, text)
	for line := range Lines(whole) {
		kind, rest, _ := strings.Cut(line, " ")
		into := &p.Some
		switch kind {
		case "some":
		case "full":
			into = &p.Full
		default:
			continue
		}
		where := "/proc/pressure/" + resource + ": " + kind
		if seen[kind] {
			d.Lost(where, twice)
			continue
		}
		seen[kind] = true
		into.parse(where, rest, longest, d)
	}
	if len(seen) == 0 && whole == text {
		d.Lost("/proc/pressure/"+resource, unknown)
	}
	return p
}

func (l *pressureLine) parse(where, text string, longest time.Duration, d *Damage) {
	average, total := false, false
	for field := range strings.FieldsSeq(text) {
		key, value, _ := strings.Cut(field, "=")
		switch {
		case key == "avg10" && !average:
			average = true
			l.Average10 = parsePercent(where+" avg10", value, d)
		case key == "total" && !total:
			total = true
			l.Total = parseMicroseconds(where+" total", value, longest, d)
		}
	}
	if !average {
		d.Lost(where+" avg10", "not there")
	}
	if !total {
		d.Lost(where+" total", "not there")
	}
}

func parsePercent(where, text string, d *Damage) *float64 {
	n, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil:
		d.Lost(where, notNumber)
		return nil
	case !(n >= 0 && n <= 100):
		d.Lost(where, impossible)
		return nil
	}
	return new(n / 100)
}

// parseMicroseconds parses a time; it cannot be longer than longest, where that is not 0.
func parseMicroseconds(where, text string, longest time.Duration, d *Damage) *time.Duration {
	most := uint64(maxCounter / int64(time.Microsecond))
	if longest > 0 {
		most = uint64(longest / time.Microsecond)
	}
	n, ok := d.number(where, text, most)
	if !ok {
		return nil
	}
	return new(time.Duration(n) * time.Microsecond)
}
