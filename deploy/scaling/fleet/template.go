// Package fleet stands for many hosts: it serves the metrics of as many as are wanted, made
// after two scrapes of one real exporter. A series of which the two scrapes differ goes on
// changing as fast, by another amount on each host and each time; the others stay as they
// were. So the store that is measured gets what a real fleet would send it.
package fleet

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Template is the shape of a host. It is immutable.
type Template struct {
	series []series
}

// series is one line of a scrape.
type series struct {
	// comment is a line to be repeated as it is; what follows is then empty.
	comment string
	// prefix is the name with its labels, and a space.
	prefix string
	// constant is the value, line end included, of a series that does not change.
	constant string
	base     float64
	// perSecond is by how much a counter grows, or how far a gauge strays.
	perSecond float64
	counter   bool
	whole     bool
}

// NewTemplate compares two scrapes of one exporter, in the text format, made so far apart.
func NewTemplate(first, second string, between time.Duration) (*Template, error) {
	if between <= 0 {
		return nil, errors.New("the second scrape must be later than the first")
	}
	before := make(map[string]string)
	for line := range strings.Lines(first) {
		if name, value, ok := splitSample(line); ok {
			before[name] = value
		}
	}
	t := &Template{}
	counters := make(map[string]bool)
	for line := range strings.Lines(second) {
		name, value, ok := splitSample(line)
		if !ok {
			if family, kind, ok := strings.Cut(strings.TrimSpace(strings.TrimPrefix(line, "# TYPE ")), " "); ok && strings.HasPrefix(line, "# TYPE ") {
				counters[family] = kind == "counter"
				t.series = append(t.series, series{comment: line})
			}
			continue
		}
		family, _, _ := strings.Cut(name, "{")
		s, err := newSeries(name, before[name], value, between.Seconds())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		s.counter = counters[family]
		t.series = append(t.series, s)
	}
	if t.Len() == 0 {
		return nil, errors.New("no samples in the scrape")
	}
	return t, nil
}

// splitSample cuts a line into the name with its labels, and the value. An exporter gives no
// times, so that the value is what follows the last space.
func splitSample(line string) (name, value string, ok bool) {
	line = strings.TrimSpace(line)
	i := strings.LastIndexByte(line, ' ')
	if i < 0 || line[0] == '#' {
		return "", "", false
	}
	return line[:i], line[i+1:], true
}

// newSeries takes the text of both values; the first is empty if there was none.
func newSeries(name, first, second string, seconds float64) (series, error) {
	s := series{prefix: name + " "}
	last, err := strconv.ParseFloat(second, 64)
	if err != nil {
		return s, err
	}
	if first == "" || first == second {
		s.constant = second + "\n"
		return s, nil
	}
	was, err := strconv.ParseFloat(first, 64)
	if err != nil {
		return s, err
	}
	s.base, s.perSecond = last, math.Abs(last-was)/seconds
	s.whole = last == math.Trunc(last) && was == math.Trunc(was)
	if math.IsNaN(s.perSecond) || math.IsInf(s.perSecond, 0) {
		s.constant = second + "\n"
	}
	return s, nil
}

// Len is the number of series of one host.
func (t *Template) Len() int {
	n := 0
	for i := range t.series {
		if t.series[i].comment == "" {
			n++
		}
	}
	return n
}

// Changing is how many of them change.
func (t *Template) Changing() int {
	n := 0
	for i := range t.series {
		if s := &t.series[i]; s.comment == "" && s.constant == "" {
			n++
		}
	}
	return n
}

// Append adds a scrape of a host, so long after the fleet began, to the buffer.
func (t *Template) Append(to []byte, host int, since time.Duration) []byte {
	for i := range t.series {
		s := &t.series[i]
		if s.comment != "" {
			to = append(to, s.comment...)
			continue
		}
		to = append(to, s.prefix...)
		if s.constant != "" {
			to = append(to, s.constant...)
			continue
		}
		to = strconv.AppendFloat(to, s.value(uint64(host)<<32|uint64(i), since), 'g', -1, 64)
		to = append(to, '\n')
	}
	return to
}

// value of a counter grows by half to one and a half times what the template's did. That of
// a gauge stays within as much of the template's as that changed within a quarter of a minute.
func (s *series) value(seed uint64, since time.Duration) float64 {
	step := noise(seed ^ noise64(uint64(since)))
	value := s.base + s.perSecond*15*(2*step-1)
	if s.counter {
		// The last summand is smaller than what is added between two scrapes.
		value = s.base + s.perSecond*((0.5+noise(seed))*since.Seconds()+0.4*step)
	}
	if s.whole {
		value = math.Floor(value)
	}
	return value
}

// noise64 is the finalizer of SplitMix64: the same for the same number, and otherwise random.
func noise64(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// noise is at least 0 and less than 1.
func noise(x uint64) float64 { return float64(noise64(x)>>11) / (1 << 53) }
