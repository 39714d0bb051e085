package system

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseSensorFile(t *testing.T) {
	tests := []struct {
		file, kind, name, element string
		ok                        bool
	}{
		{"temp1_input", "temp", "temp1", "input", true},
		{"temp1_crit_alarm", "temp", "temp1", "crit_alarm", true},
		{"pwm1", "pwm", "pwm1", "", true},
		{"in01_min", "in", "in1", "min", true},
		{"beep_enable", "beep_enable", "beep_enable0", "", true},
		{file: "name"},
		{file: "temp1_"},
		{file: "temp1x"},
		{file: "temp_input"},
		{file: "1temp"},
		{file: "uevent"},
		{file: ""},
		{file: "temp99999999999999999999_input"},
	}
	for _, tt := range tests {
		kind, name, element, ok := parseSensorFile(tt.file)
		if ok != tt.ok || (ok && (kind != tt.kind || name != tt.name || element != tt.element)) {
			t.Errorf("parseSensorFile(%q) = %q, %q, %q, %v", tt.file, kind, name, element, ok)
		}
	}
}

// chipsReader makes monitors: files by folder below /sys/class/hwmon.
func chipsReader(t *testing.T, cfg Config, files map[string]string) Reader {
	t.Helper()
	cfg.ProcFS, cfg.SysFS = t.TempDir(), t.TempDir()
	for name, content := range files {
		path := filepath.Join(cfg.SysFS, "class/hwmon", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r, err := NewReader(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestChipsOfOneName(t *testing.T) {
	r := chipsReader(t, Config{
		Chips:   Filter{Exclude: regexp.MustCompile("^drivetemp_hwmon3$")},
		Sensors: Filter{Exclude: regexp.MustCompile("^solo;temp2$")},
	}, map[string]string{
		"hwmon0/name": "Solo!", "hwmon0/temp1_input": "1000", "hwmon0/temp2_input": "2000",
		"hwmon0/temp1_label": "a label", "hwmon0/temp1_max": "no number", "hwmon0/fan1_input": "",
		"hwmon1/temp1_input": "1",
		"hwmon2/name":        "drivetemp", "hwmon3/name": "drivetemp",
	})
	got, err := r.Chips()
	// The limit and the fan show no number.
	if partial, ok := errors.AsType[*PartialError](err); !ok || partial.Count != 2 {
		t.Errorf("error %v", err)
	}
	want := []Chip{
		{Name: "solo", Model: "solo", Sensors: []Sensor{
			{Kind: "fan", Name: "fan1"},
			{Kind: "temp", Name: "temp1", Label: "a label", Values: []SensorValue{{"input", 1000}}},
		}},
		{Name: "hwmon1", Sensors: []Sensor{{Kind: "temp", Name: "temp1", Values: []SensorValue{{"input", 1}}}}},
		{Name: "drivetemp_hwmon2", Model: "drivetemp", Sensors: []Sensor{}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestFoldersAmongSensors: "power" and the like belong to every device, but a folder in place of
// a reading is damage.
func TestFoldersAmongSensors(t *testing.T) {
	r := chipsReader(t, Config{}, map[string]string{
		"hwmon0/name": "solo", "hwmon0/temp1_input": "1000",
		"hwmon0/power/control": "auto", "hwmon0/cpu0/online": "1", "hwmon0/humidity1_input/odd": "1",
	})
	chips, err := r.Chips()
	if partial, ok := errors.AsType[*PartialError](err); !ok || partial.Count != 1 || !strings.Contains(err.Error(), "humidity1_input") {
		t.Errorf("error %v", err)
	}
	if len(chips) != 1 || len(chips[0].Sensors) != 1 || chips[0].Sensors[0].Name != "temp1" {
		t.Errorf("got %+v", chips)
	}
}

func TestNoChips(t *testing.T) {
	if _, err := chipsReader(t, Config{}, nil).Chips(); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("error %v", err)
	}
}

func FuzzParseSensorFile(f *testing.F) {
	f.Add("temp1_input")
	f.Fuzz(func(t *testing.T, file string) {
		if kind, name, _, ok := parseSensorFile(file); ok && (kind == "" || len(name) <= len(kind)) {
			t.Errorf("%q: kind %q, name %q", file, kind, name)
		}
	})
}
