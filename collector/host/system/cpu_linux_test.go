package system

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParseStat(t *testing.T) {
	tests := []struct {
		name, text, wantErr string
		want                statFile
	}{
		{name: "empty"},
		{
			name: "old kernel with four columns and a key that nobody knows",
			text: "cpu 1 2 3 4\ncpu7 1 2 3 4\nnew 5\nbtime 1700000000\n",
			want: statFile{
				names:  []string{"7"},
				cpus:   []cpuTicks{{[10]uint64{1, 2, 3, 4}, 4}},
				kernel: Kernel{BootTime: time.Unix(1700000000, 0)},
			},
		},
		{
			name: "more columns than known, and interrupts by number",
			text: "cpu0 1 2 3 4 5 6 7 8 9 10 11 12\nintr 8 1 2 3 4\nprocs_blocked 0\n",
			want: statFile{
				names:  []string{"0"},
				cpus:   []cpuTicks{{[10]uint64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 10}},
				kernel: Kernel{Interrupts: new(uint64(8)), Blocked: new(uint64(0))},
			},
		},
		{name: "no end of line", text: "ctxt 5", want: statFile{kernel: Kernel{ContextSwitches: new(uint64(5))}}},
		{name: "too few columns", text: "cpu0 1 2 3\n", wantErr: "/proc/stat: cpu0: want at least 4 columns"},
		{name: "no number", text: "cpu0 1 2 x 4\n", wantErr: "/proc/stat: cpu0: "},
		{name: "negative", text: "processes -1\n", wantErr: "/proc/stat: processes: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parseStat(tt.text)
			if tt.wantErr != "" {
				if err == nil || !strings.HasPrefix(err.Error(), tt.wantErr) {
					t.Fatalf("error %v, want %s", err, tt.wantErr)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&tt.want, got, cmp.AllowUnexported(statFile{}, cpuTicks{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestCPUCountersDoNotFall: the kernel's idle and iowait times step back now and then; a
// CPU that was offline starts anew.
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
		{"back from being offline", "cpu0 10 0 20 100 3", []float64{0.1, 0, 0.2, 1, 0.03}},
	}
	for _, step := range steps {
		if err := os.WriteFile(filepath.Join(proc, "stat"), []byte(step.line+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		cpus, err := r.CPUs()
		if err != nil {
			t.Fatal(err)
		}
		var got []float64
		for _, m := range cpus.CPUs[0].Modes {
			got = append(got, m.Seconds)
		}
		if diff := cmp.Diff(step.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
	}
}

func FuzzParseStat(f *testing.F) {
	f.Add("cpu  1 2 3 4\ncpu0 1 2 3 4 5 6 7 8 9 10\nintr 1 2\nctxt 3\nbtime 4\n")
	f.Fuzz(func(t *testing.T, text string) {
		stat, err := parseStat(text)
		if err == nil && len(stat.names) != len(stat.cpus) {
			t.Errorf("%d names of %d CPUs", len(stat.names), len(stat.cpus))
		}
	})
}
