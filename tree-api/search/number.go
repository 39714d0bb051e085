package search

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"proctree/collector/metric"
)

// scale is what may stand behind a number, and what to say where something else does.
type scale struct {
	factors map[string]float64
	wanted  error
}

const (
	kibi = 1 << 10
	mebi = 1 << 20
	gibi = 1 << 30
	tebi = 1 << 40
)

var (
	sizes = scale{
		map[string]float64{"": 1, "b": 1, "k": kibi, "m": mebi, "g": gibi, "t": tebi},
		errors.New("write a size such as 500m or 1.5g"),
	}
	scales = map[metric.Unit]scale{
		metric.Bytes:          sizes,
		metric.BytesPerSecond: sizes,
		metric.Cores:          {map[string]float64{"": 1, "%": 0.01}, errors.New("write a number of cores such as 0.5 or 50%")},
		metric.Seconds:        {map[string]float64{"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}, errors.New("write a time such as 30s or 5m")},
		metric.Count:          {map[string]float64{"": 1}, errors.New("write a number")},
	}
)

// number is a decimal number and what stands behind it.
var number = regexp.MustCompile(`^(-?[0-9]{1,15}(?:\.[0-9]{1,9})?)([a-z%]*)$`)

// readNumber reads the number behind an operator.
func (t *Term) readNumber(text string) error {
	if t.Op == Contains {
		t.Op = Equal
	}
	s := scales[t.Metric.Unit]
	parts := number.FindStringSubmatch(strings.ToLower(text))
	if parts == nil {
		return s.wanted
	}
	// kb, kib and kB/s are often written for k.
	unit := strings.TrimSuffix(strings.TrimSuffix(parts[2], "b"), "i")
	factor, ok := s.factors[unit]
	if !ok || unit != parts[2] && (s.factors["k"] == 0 || unit == "" && parts[2] != "b") {
		return s.wanted
	}
	value, err := strconv.ParseFloat(parts[1], 64)
	if err != nil {
		return s.wanted
	}
	t.Number = value * factor
	return nil
}

// Compares reports whether a value passes.
func (t *Term) Compares(value float64) bool {
	switch t.Op {
	case Less:
		return value < t.Number
	case AtMost:
		return value <= t.Number
	case More:
		return value > t.Number
	case AtLeast:
		return value >= t.Number
	}
	return value == t.Number
}
