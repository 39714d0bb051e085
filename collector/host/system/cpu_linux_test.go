package system

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCPUCountersDoNotFall: the kernel's idle and iowait times step back now and then; a
// CPU that was offline starts from 0.
func TestCPUCountersDoNotFall(t *testing.T) {
	proc := t.TempDir()
	r, err := NewReader(Config{ProcFS: proc, SysFS: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	steps := []struct {
		name, line string
		want       []float64 // user, nice, system, idle, iowait
	}{
		{"first", "cpu0 100 0 300 4000 500", []float64{1, 0, 3, 40, 5}},
		{"all a little back", "cpu0 99 0 299 3999 499", []float64{1, 0, 3, 40, 5}},
		{"one forward", "cpu0 150 0 299 3999 499", []float64{1.5, 0, 3, 40, 5}},
		{"one is odd", "cpu0 150 x 299 3999 499", []float64{1.5, 3, 40, 5}},
		{"and back", "cpu0 149 0 299 3999 499", []float64{1.5, 0, 3, 40, 5}},
		{"idle is odd", "cpu0 150 0 299 -1 498", []float64{1.5, 0, 3, 5}},
		{"and back", "cpu0 149 0 299 3999 499", []float64{1.5, 0, 3, 40, 5}},
		{"back from being offline", "cpu0 10 0 20 100 3", []float64{0.1, 0, 0.2, 1, 0.03}},
	}
	for _, step := range steps {
		if err := os.WriteFile(filepath.Join(proc, "stat"), []byte(step.line+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		cpus, _ := r.CPUs() // Odd fields are errors.
		var got []float64
		for _, m := range cpus.CPUs[0].Modes {
			got = append(got, m.Seconds)
		}
		if diff := cmp.Diff(step.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
	}
}
