package procfile

import (
	"math"
	"strconv"
	"strings"
)

const loadavgFile = "/proc/loadavg"

// ParseLoadavg parses "0.20 0.18 0.12 1/80 11206" (proc_loadavg(5)): the averages over 1, 5
// and 15 minutes. A nil one is not known.
func ParseLoadavg(text string, d *Damage) (load [3]*float64) {
	whole := d.WholeFields(loadavgFile, text)
	fields := strings.Fields(whole)
	for i, minutes := range [...]string{"1", "5", "15"} {
		where := loadavgFile + ": average over " + minutes + " minutes"
		if i >= len(fields) {
			if whole == text { // Otherwise it is counted.
				d.Lost(where, "not there")
			}
			continue
		}
		n, err := strconv.ParseFloat(fields[i], 64)
		switch {
		case err != nil:
			d.Lost(where, notNumber)
		case !(n >= 0) || n > math.MaxInt32:
			d.Lost(where, impossible)
		default:
			load[i] = &n
		}
	}
	return load
}
