package cgroups

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"proctree/collector/host/hosttest"
	"proctree/collector/host/procfile"
	"proctree/collector/process"

	"github.com/google/go-cmp/cmp"
)

// psi is a file of pressure; full is the second line's total, negative for none.
func psi(some, full int) string {
	text := fmt.Sprintf("some avg10=0.00 avg60=0.00 avg300=0.00 total=%d\n", some)
	if full >= 0 {
		text += fmt.Sprintf("full avg10=0.00 avg60=0.00 avg300=0.00 total=%d\n", full)
	}
	return text
}

// inUnits returns a process in each of the units.
func inUnits(units ...string) []*process.Process {
	processes := make([]*process.Process, len(units))
	for i, unit := range units {
		processes[i] = &process.Process{Facts: &process.Facts{Cgroup: "/system.slice/" + unit, Unit: unit}}
	}
	return processes
}

func TestPressure(t *testing.T) {
	for name, root := range map[string]string{"version 2": "fs/cgroup", "both versions": "fs/cgroup/unified"} {
		t.Run(name, func(t *testing.T) {
			sys := t.TempDir()
			hosttest.WriteFiles(t, sys, map[string]string{
				root + "/cgroup.controllers":                     "cpu\n",
				root + "/system.slice/a.service/cpu.pressure":    psi(1_500_000, 250_000),
				root + "/system.slice/a.service/memory.pressure": psi(0, 0),
				root + "/system.slice/a.service/io.pressure":     psi(7, -1),
				root + "/system.slice/idle.service/cpu.pressure": psi(0, 0),
			})
			r, err := NewPressure(Config{SysPath: sys})
			if err != nil {
				t.Fatal(err)
			}
			got, err := r.Read(now, append(inUnits("a.service", "a.service", "idle.service", "gone.service"), &process.Process{}))
			want := []process.CgroupPressure{{
				CgroupName: process.CgroupName{Path: "/system.slice/a.service", Unit: "a.service"},
				CPU:        process.PressureTotals{Some: new(1500 * time.Millisecond), Full: new(250 * time.Millisecond)},
				Memory:     process.PressureTotals{Some: new(time.Duration(0)), Full: new(time.Duration(0))},
				IO:         process.PressureTotals{Some: new(7 * time.Microsecond)},
			}}
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

// TestPressureIsBounded: of more control groups than have room, those stay in which tasks waited longest.
func TestPressureIsBounded(t *testing.T) {
	sys := t.TempDir()
	files := map[string]string{"fs/cgroup/cgroup.controllers": "cpu\n"}
	var units []string
	for i := range 2 * MaxPressure {
		unit := fmt.Sprintf("u%03d.service", i)
		units = append(units, unit)
		files["fs/cgroup/system.slice/"+unit+"/cpu.pressure"] = psi(i+1, 0)
	}
	hosttest.WriteFiles(t, sys, files)
	r, err := NewPressure(Config{SysPath: sys})
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Read(now, inUnits(units...))
	if err != nil || len(got) != MaxPressure || got[0].Unit != units[MaxPressure] || got[MaxPressure-1].Unit != units[2*MaxPressure-1] {
		t.Errorf("%d control groups, %v", len(got), err)
	}
}

// TestPressureServesForAWhile: a reading serves for some seconds.
func TestPressureServesForAWhile(t *testing.T) {
	sys := t.TempDir()
	write := func(total int) {
		hosttest.WriteFiles(t, sys, map[string]string{"fs/cgroup/cgroup.controllers": "cpu\n", "fs/cgroup/system.slice/a.service/cpu.pressure": psi(total, 0)})
	}
	write(1)
	r, err := NewPressure(Config{SysPath: sys})
	if err != nil {
		t.Fatal(err)
	}
	read := func(after time.Duration) time.Duration {
		got, err := r.Read(now.Add(after), inUnits("a.service"))
		if err != nil || len(got) != 1 {
			t.Fatalf("%+v, %v", got, err)
		}
		return *got[0].CPU.Some
	}
	if got := read(0); got != time.Microsecond {
		t.Errorf("waited %v", got)
	}
	write(2)
	if got := read(defaultPressureEvery - 1); got != time.Microsecond {
		t.Errorf("read again at once: %v", got)
	}
	if got := read(defaultPressureEvery); got != 2*time.Microsecond {
		t.Errorf("not read again: %v", got)
	}
}

// TestPressureOddFiles: an odd file costs its own values, and is counted.
func TestPressureOddFiles(t *testing.T) {
	sys := t.TempDir()
	hosttest.WriteFiles(t, sys, map[string]string{
		"fs/cgroup/cgroup.controllers":                  "cpu\n",
		"fs/cgroup/system.slice/a.service/cpu.pressure": "some avg10=0.00 avg60=0.00 avg300=0.00 total=-5\n",
		"fs/cgroup/system.slice/a.service/io.pressure":  psi(3, 2),
	})
	r, err := NewPressure(Config{SysPath: sys})
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Read(now, inUnits("a.service"))
	if _, ok := errors.AsType[*procfile.PartialError](err); !ok || len(got) != 1 || got[0].CPU.Some != nil || *got[0].IO.Some != 3*time.Microsecond {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestNoPressure(t *testing.T) {
	if _, err := NewPressure(Config{SysPath: filepath.Join(t.TempDir(), "sys")}); !errors.Is(err, errNone) {
		t.Errorf("error is %v", err)
	}
}
