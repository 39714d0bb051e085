package past

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// lastSecond is the end of the year 9999, the last that RFC 3339 can name.
const lastSecond = 253402300799

// ParseMoment reads a moment: RFC 3339, or seconds since 1970.
func ParseMoment(text string) (time.Time, error) {
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		if !(seconds >= 0 && seconds <= lastSecond) {
			return time.Time{}, notAMoment(text)
		}
		whole, part := math.Modf(seconds)
		// A float64 of today has microseconds and no more.
		return time.Unix(int64(whole), int64(math.Round(part*1e6))*1e3), nil
	}
	// In the query of a URL a plus sign stands for a blank.
	t, err := time.Parse(time.RFC3339, strings.Replace(text, " ", "+", 1))
	if err != nil || t.Unix() < 0 || t.Unix() > lastSecond {
		return time.Time{}, notAMoment(text)
	}
	return t, nil
}

// wholeMillisecond returns the end of a millisecond: answers give their time in milliseconds, and a client that
// asks for that time wants the same table.
func wholeMillisecond(t time.Time) time.Time {
	return t.Truncate(time.Millisecond).Add(time.Millisecond - 1)
}

func notAMoment(text string) error {
	return fmt.Errorf("must be a time such as 2006-01-02T15:04:05Z or seconds since 1970, not %q", text)
}
