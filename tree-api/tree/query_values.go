package tree

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"proctree/collector/metric"
	"proctree/collector/process"
)

func (q *Query) readMatch(value string) error {
	if err := checkLength(value); err != nil {
		return err
	}
	if value != "" {
		q.texts = append(q.texts, newText(strings.ToLower(value)))
	}
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
	compiled, err := CompilePattern(value)
	q.texts = append(q.texts, textTerm{pattern: compiled})
	return err
}

// readChoice adds a value to those that a text may have.
func (q *Query) readChoice(f *field, value string) error {
	if f.Kind == metric.State {
		if _, ok := process.ParseState(value); !ok {
			return fmt.Errorf("no such state %q; the states are %s", value, strings.Join(stateNames(), ", "))
		}
	}
	at := slices.IndexFunc(q.oneOf, func(o oneOf) bool { return o.field == f })
	if at < 0 {
		at = len(q.oneOf)
		q.oneOf = append(q.oneOf, oneOf{field: f})
	}
	o := &q.oneOf[at]
	if len(o.values) == maxChoices {
		return fmt.Errorf("given more than %d times", maxChoices)
	}
	o.values = append(o.values, value)
	return nil
}

func stateNames() []string {
	names := make([]string, process.NumStates)
	for i := range names {
		names[i] = process.State(i).String()
	}
	return names
}

func (q *Query) readMinimum(f *field, value string) error {
	minimum, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsNaN(minimum) || math.IsInf(minimum, 0) || minimum < 0 {
		return fmt.Errorf("must be %s, a number from 0 up, not %q", amount(f.Unit), value)
	}
	if f.Decimals == 0 {
		if _, err := strconv.ParseUint(value, 10, 63); err != nil {
			return fmt.Errorf("must be %s, a whole number from 0 up, not %q", amount(f.Unit), value)
		}
	}
	q.atLeast = append(q.atLeast, atLeast{f, minimum})
	return nil
}

// amount is what a minimum counts, for an error.
func amount(u metric.Unit) string { return cmp.Or(u.String(), "a count") }

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
		return fmt.Errorf("must be asc or desc, not %q", value)
	}
	return nil
}

func readCount(into *int, value string, least int) error {
	n, err := strconv.ParseInt(value, 10, 32)
	if err != nil || int(n) < least {
		return fmt.Errorf("must be a whole number from %d up, not %q", least, value)
	}
	*into = int(n)
	return nil
}
