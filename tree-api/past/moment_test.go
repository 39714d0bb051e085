package past_test

import (
	"testing"
	"time"

	"proctree/tree-api/past"
)

func TestParseMoment(t *testing.T) {
	for text, want := range map[string]string{
		"1767225600":                "2026-01-01T00:00:00Z",
		"1767225600.25":             "2026-01-01T00:00:00.25Z",
		"0":                         "1970-01-01T00:00:00Z",
		"1.7672256e9":               "2026-01-01T00:00:00Z",
		"2026-01-01T03:12:00Z":      "2026-01-01T03:12:00Z",
		"2026-01-01T03:12:00.5Z":    "2026-01-01T03:12:00.5Z",
		"2026-01-01T03:12:00+02:00": "2026-01-01T01:12:00Z",
		"2026-01-01T03:12:00 02:00": "2026-01-01T01:12:00Z",
		"2026-01-01t03:12:00-07:00": "",
		"9999-12-31T23:59:59Z":      "9999-12-31T23:59:59Z",
		"1969-12-31T23:59:59Z":      "",
		"-1":                        "",
		"1e300":                     "",
		"NaN":                       "",
		"Inf":                       "",
		"":                          "",
		"now":                       "",
		"03:12":                     "",
		"2026-01-01":                "",
		"2026-01-01 03:12:00Z":      "",
	} {
		got, err := past.ParseMoment(text)
		if want == "" {
			if err == nil {
				t.Errorf("%q is read as %v", text, got)
			}
			continue
		}
		if err != nil || got.UTC().Format(time.RFC3339Nano) != want {
			t.Errorf("%q is read as %v (%v), want %s", text, got, err, want)
		}
	}
}

func FuzzParseMoment(f *testing.F) {
	f.Add("1767225600")
	f.Add("2026-01-01T03:12:00+02:00")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := past.ParseMoment(text)
		if err == nil && (got.Unix() < 0 || got.UTC().Year() > 9999) {
			t.Errorf("%q is read as %v", text, got)
		}
	})
}
