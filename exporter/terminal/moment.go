package terminal

import (
	"fmt"
	"time"

	"github.com/alecthomas/kingpin/v2"

	"proctree/tree-api/past"
)

// layouts are the times that people type; they are of the zone of the reader.
var layouts = [...]string{time.DateTime, "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02"}

// clocks are times of the day: of the last 24 hours.
var clocks = [...]string{"15:04:05", "15:04"}

// ParseMoment reads a time as the API does, or as people type it. A duration is so long before the last table.
func ParseMoment(text string, now, last time.Time) (time.Time, error) {
	if before, err := time.ParseDuration(text); err == nil && before >= 0 {
		return last.Add(-before), nil
	}
	if t, err := past.ParseMoment(text); err == nil {
		return t, nil
	}
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, text, now.Location()); err == nil {
			return t, nil
		}
	}
	for _, layout := range clocks {
		t, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		at := time.Date(now.Year(), now.Month(), now.Day(), t.Hour(), t.Minute(), t.Second(), 0, now.Location())
		if at.After(now) {
			at = at.AddDate(0, 0, -1)
		}
		return at, nil
	}
	return time.Time{}, fmt.Errorf("%q is not a time; give one such as \"2006-01-02 15:04\", 2006-01-02T15:04:05Z, 15:04 (of the last 24 hours) or 90m (before the last table)", text)
}

// timeFlag is a flag that is a moment; zero where it is not given.
type timeFlag struct{ time.Time }

// Set implements kingpin.Value. An exporter that records has a table of now.
func (m *timeFlag) Set(text string) (err error) {
	now := time.Now()
	m.Time, err = ParseMoment(text, now, now)
	return err
}

// String implements kingpin.Value.
func (m *timeFlag) String() string {
	if m.IsZero() {
		return ""
	}
	return apiTime(m.Time)
}

// apiTime is a moment as the API takes it.
func apiTime(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// addTime adds the moment to show.
func (c *command) addTime(cmd *kingpin.CmdClause) {
	cmd.Flag("time", "Moment to show, of an exporter that records (--history.dir). Examples: \"2006-01-02 15:04\", 2006-01-02T15:04:05Z, 15:04, or 90m ago.").
		PlaceHolder("TIME").SetValue(&c.time)
}

// ShownTime is a moment for people, in their zone.
func ShownTime(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05 MST") }
