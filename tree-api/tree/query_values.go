package tree

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"proctree/collector/process"
)

func (q *Query) readMatch(value string) error {
	if err := checkLength(value); err != nil {
		return err
	}
	q.match = strings.ToLower(value)
	return nil
}

func checkLength(value string) error {
	if utf8.RuneCountInString(value) > maxTextLength {
		return fmt.Errorf("longer than %d characters", maxTextLength)
	}
	return nil
}

func (q *Query) readRegexp(value string) error {
	if err := checkLength(value); err != nil {
		return err
	}
	var err error
	q.regexp, err = regexp.Compile(value)
	return err
}

func (q *Query) readState(value string) error {
	state, ok := process.ParseState(value)
	if !ok {
		return fmt.Errorf("no such state %q; there are %s", value, strings.Join(stateNames(), ", "))
	}
	if !slices.Contains(q.states, state) {
		q.states = append(q.states, state)
	}
	return nil
}

func stateNames() []string {
	names := make([]string, process.NumStates)
	for i := range names {
		names[i] = process.State(i).String()
	}
	return names
}

func (q *Query) readMinCPU(value string) error {
	cores, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsNaN(cores) || math.IsInf(cores, 0) || cores < 0 {
		return fmt.Errorf("want cores, a number from 0 up, not %q", value)
	}
	q.minCores = &cores
	return nil
}

func (q *Query) readMinMemory(value string) error {
	bytes, err := strconv.ParseUint(value, 10, 63)
	if err != nil {
		return fmt.Errorf("want bytes, a whole number from 0 up, not %q", value)
	}
	q.minMemory = &bytes
	return nil
}

func (q *Query) readSort(value string) error {
	key, err := findSortKey(value)
	q.sort = key
	return err
}

func (q *Query) readOrder(value string) error {
	switch value {
	case "asc":
		q.order = ascending
	case "desc":
		q.order = descending
	default:
		return fmt.Errorf("want asc or desc, not %q", value)
	}
	return nil
}

func readCount(into *int, value string, least int) error {
	n, err := strconv.ParseInt(value, 10, 32)
	if err != nil || int(n) < least {
		return fmt.Errorf("want a whole number from %d up, not %q", least, value)
	}
	*into = int(n)
	return nil
}

func choose(from *[]string, value string) error {
	if len(*from) == maxChoices {
		return fmt.Errorf("given more than %d times", maxChoices)
	}
	*from = append(*from, value)
	return nil
}
