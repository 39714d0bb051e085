package terminal

import (
	"testing"

	"proctree/collector/metric"
)

func TestFormatted(t *testing.T) {
	for _, tt := range []struct {
		name string
		v    float64
		want string
	}{
		{"pid", 1234567, "1234567"},
		{"memory", 0, "0"},
		{"memory", 1023, "1023 B"},
		{"memory", 1024, "1.00 KiB"},
		{"memory", 1023.6 * 1024, "1.00 MiB"},
		{"memory", 98.7 * (1 << 30), "98.7 GiB"},
		{"memory", 1 << 62, "4096 PiB"},
		{"read", 0, "0"},
		{"read", 2048, "2.00 KiB/s"},
		{"cpu", 0, "0"},
		{"cpu", 0.004, "<0.01"},
		{"cpu", 0.005, "0.01"},
		{"cpu", 1.5, "1.50"},
		{"cpu", 12.34, "12.3"},
		{"cpu", 128, "128"},
		{"user_seconds", 62.345, "1:02.35"},
		{"user_seconds", 59.999, "1:00.00"},
		{"user_seconds", 3723, "1:02:03"},
		{"user_seconds", 0, "0:00.00"},
		{"start_time", 1000, "0s"},
		{"start_time", 1001, "0s"},
		{"start_time", 1000 - 59, "59s"},
		{"start_time", 1000 - 725, "12m 5s"},
		{"start_time", 1000 - 3600*5 - 60, "5h 1m"},
		{"start_time", 1000 - 86400*3 - 3600*4, "3d 4h"},
		{"nice", -5, "-5"},
		{"threads", 12, "12"},
	} {
		m, ok := metric.Find(tt.name)
		if !ok {
			t.Fatal(tt.name)
		}
		if got := formatted(m, tt.v, 1000); got != tt.want {
			t.Errorf("%s %v is %q, want %q", tt.name, tt.v, got, tt.want)
		}
	}
}
