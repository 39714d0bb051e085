package terminal

import (
	"testing"
	"time"
)

func TestParseMoment(t *testing.T) {
	zone := time.FixedZone("CET", 3600)
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, zone)
	last := now.Add(-time.Hour)
	for text, want := range map[string]string{
		"90m":                       "2026-03-02T09:30:00+01:00",
		"0s":                        "2026-03-02T11:00:00+01:00",
		"11:30":                     "2026-03-02T11:30:00+01:00",
		"12:30:15":                  "2026-03-01T12:30:15+01:00",
		"2026-02-28 03:12":          "2026-02-28T03:12:00+01:00",
		"2026-02-28T03:12:07":       "2026-02-28T03:12:07+01:00",
		"2026-02-28":                "2026-02-28T00:00:00+01:00",
		"2026-02-28T03:12:00Z":      "2026-02-28T04:12:00+01:00",
		"2026-02-28T03:12:00-02:00": "2026-02-28T06:12:00+01:00",
		"1767225600":                "2026-01-01T01:00:00+01:00",
		"2026-02-30":                "",
		"25:00":                     "",
		"":                          "",
		"-1h":                       "",
		"tomorrow":                  "",
	} {
		got, err := ParseMoment(text, now, last)
		switch {
		case want == "" && err == nil:
			t.Errorf("%q is read as %v", text, got)
		case want != "" && (err != nil || got.In(zone).Format(time.RFC3339) != want):
			t.Errorf("%q is read as %v (%v), want %s", text, got, err, want)
		}
	}
}
