package cgroups

import (
	"bytes"
	"strconv"

	"proctree/collector/host/procfile"
)

// unlimited is more than any host has: version 1 writes "no limit" as a number of pages
// close to 2^63 bytes.
const unlimited = 1 << 60

// parseLimit parses "max", "max 100000", "50000 100000", "-1" or a number of bytes: the
// first word, and whether it limits anything; odd tells that it is none of these.
func parseLimit(file []byte) (limit uint64, limited, odd bool) {
	word, _, _ := bytes.Cut(bytes.TrimSpace(file), []byte(" "))
	if string(word) == "max" || string(word) == "-1" {
		return 0, false, false
	}
	limit, err := strconv.ParseUint(string(word), 10, 64)
	return limit, err == nil && limit < unlimited, err != nil
}

// parseNumber parses a file that is one number.
func parseNumber(file []byte) (n uint64, ok bool) {
	n, err := strconv.ParseUint(string(bytes.TrimSpace(file)), 10, 64)
	return n, err == nil
}

// valueOf finds "key NUMBER" among the lines of a file that have an end.
func valueOf(file []byte, key string) (n uint64, ok bool) {
	file, _ = procfile.WholeLines(file)
	for line := range bytes.Lines(file) {
		if rest, found := bytes.CutPrefix(line, []byte(key+" ")); found {
			return parseNumber(rest)
		}
	}
	return 0, false
}
