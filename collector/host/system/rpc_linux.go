package system

import (
	"fmt"
	"strconv"
	"strings"
)

// rpcLines parses a file of /proc/net/rpc: lines of a word and numbers, of which each can
// be odd by itself. A line whose numbers are odd is left out.
func (v *values) rpcLines(path, text string) map[string][]uint64 {
	lines := make(map[string][]uint64)
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		numbers, err := parseNumbers(fields[1:])
		if err != nil {
			// The times of nfsd's threads are fractions, and not used any longer.
			if fields[0] != "th" {
				v.Lost(path+": "+part(fields[0]), "not a number")
				continue
			}
		}
		lines[fields[0]] = numbers
	}
	return lines
}

// parseNumbers returns the numbers before the first that is none, and why that is none.
func parseNumbers(fields []string) ([]uint64, error) {
	numbers := make([]uint64, 0, len(fields))
	for _, f := range fields {
		n, err := strconv.ParseUint(f, 10, 64)
		if err != nil {
			return numbers, err
		}
		numbers = append(numbers, n)
	}
	return numbers, nil
}

// rpcColumn is a number of a line and how it is shown.
type rpcColumn struct {
	column int
	metric string
	labels []Label
}

// rpcColumns shows numbers of a line that has to have so many of them.
func (v *values) rpcColumns(word string, lines map[string][]uint64, want int, columns []rpcColumn) {
	numbers, ok := lines[word]
	if !ok {
		return
	}
	if len(numbers) < want {
		v.Lost(word, "fewer numbers than expected")
		return
	}
	for _, c := range columns {
		v.add(c.metric, float64(numbers[c.column]), c.labels...)
	}
}

// rpcProcedures returns the counts of a line that begins with their number.
func rpcProcedures(numbers []uint64) ([]uint64, error) {
	if len(numbers) == 0 || uint64(len(numbers)-1) != numbers[0] {
		return nil, fmt.Errorf("its first number does not count the others: %v", numbers)
	}
	return numbers[1:], nil
}
