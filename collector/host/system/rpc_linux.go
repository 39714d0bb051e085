package system

import (
	"strconv"
	"strings"
)

// rpcLine is the numbers of a line; nil is one that cannot be parsed.
type rpcLine []*uint64

// rpcLines parses a file of /proc/net/rpc: lines of a word and numbers.
func (v *values) rpcLines(path, text string) map[string]rpcLine {
	lines := make(map[string]rpcLine)
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		if !isMetricPart(fields[0]) {
			v.Lost(path, "a line without name")
			continue
		}
		word := fields[0]
		if _, have := lines[word]; have {
			v.Lost(path+": "+word, "there twice")
			continue
		}
		numbers := make(rpcLine, len(fields)-1)
		for i, field := range fields[1:] {
			n, err := strconv.ParseUint(field, 10, 63)
			switch {
			case err == nil:
				numbers[i] = &n
			case word == "th" && i > 1:
				// How busy the threads were is a fraction, and 0 since Linux 2.6.30.
			default:
				v.Lost(path+": "+word, "not a number")
			}
		}
		lines[word] = numbers
	}
	return lines
}

// rpcColumn is a number of a line and how it is shown.
type rpcColumn struct {
	column int
	metric string
	labels []Label
}

// rpcColumns shows numbers of a line that has to have so many of them.
func (v *values) rpcColumns(word string, lines map[string]rpcLine, want int, columns []rpcColumn) {
	numbers, ok := lines[word]
	if !ok {
		return
	}
	if len(numbers) < want {
		v.Lost("rpc: "+word, "fewer numbers than expected")
		return
	}
	for _, c := range columns {
		if n := numbers[c.column]; n != nil {
			v.add(c.metric, float64(*n), c.labels...)
		}
	}
}

// procedures returns the counts of a line that begins with their number. They are not ok if
// it does not, for then nobody knows which of them is which.
func (l rpcLine) procedures(atLeast int) (counts rpcLine, ok bool) {
	if len(l) == 0 || l[0] == nil || uint64(len(l)-1) != *l[0] || len(l) <= atLeast {
		return nil, false
	}
	return l[1:], true
}
