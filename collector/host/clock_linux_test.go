package host

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestBootClockIgnoresJitter(t *testing.T) {
	boot := time.Unix(1_700_000_000, 0)
	reading := clockReading{uptime: 90 * time.Minute, epoch: boot}
	clock := &bootClock{read: func() (clockReading, error) { return reading, nil }}
	for _, step := range []struct{ epoch, want time.Duration }{
		{0, 0},
		{900 * time.Millisecond, 0},
		{-time.Second, 0},
		{1001 * time.Millisecond, 1001 * time.Millisecond},
		{2 * time.Second, 1001 * time.Millisecond},
		{-time.Hour, -time.Hour},
	} {
		reading.epoch = boot.Add(step.epoch)
		got, err := clock.clock()
		if err != nil {
			t.Fatal(err)
		}
		if moved := got.Epoch.Sub(boot); moved != step.want || got.Now != 540_000 || got.TicksPerSecond != 100 {
			t.Errorf("at %v: epoch moved by %v, clock %+v; want %v", step.epoch, moved, got, step.want)
		}
	}
}

func TestKernelClocksAgreeWithTheProcFileSystem(t *testing.T) {
	kernel, err := readKernelClocks()
	if err != nil {
		t.Fatal(err)
	}
	files, err := readClockFiles("/proc")
	if err != nil {
		t.Fatal(err)
	}
	if apart := files.uptime - kernel.uptime; apart.Abs() > time.Second {
		t.Skipf("SKIP: /proc/uptime is %v from the kernel's clock, as in a container with its own", apart)
	}
	if apart := files.epoch.Sub(kernel.epoch); apart.Abs() > 2*time.Second {
		t.Errorf("the boot was at %v by the clocks and at %v by /proc/stat", kernel.epoch, files.epoch)
	}
}

func TestReadClockFilesRefuses(t *testing.T) {
	for _, test := range []struct {
		name, uptime, stat string
		want               error
	}{
		{"no uptime", "", "cpu 1\nbtime 5\n", os.ErrNotExist},
		{"uptime is no number", "soon 1\n", "cpu 1\nbtime 5\n", errParse},
		{"uptime is negative", "-1 1\n", "cpu 1\nbtime 5\n", errParse},
		{"no stat", "1 1\n", "", os.ErrNotExist},
		{"no btime", "1 1\n", "cpu 1\n", errParse},
	} {
		t.Run(test.name, func(t *testing.T) {
			root := t.TempDir()
			for name, content := range map[string]string{"uptime": test.uptime, "stat": test.stat} {
				if content == "" {
					continue
				}
				if err := os.WriteFile(filepath.Join(root, name), []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := readClockFiles(root); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}
