package procfs

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestBootClockIgnoresJitter(t *testing.T) {
	boot := time.Unix(1_700_000_000, 0)
	reading := clockReading{uptime: 90 * time.Minute, epoch: boot}
	clock := &BootClock{read: func() (clockReading, error) { return reading, nil }}
	for _, step := range []struct{ epoch, want time.Duration }{
		{0, 0},
		{900 * time.Millisecond, 0},
		{-time.Second, 0},
		{1001 * time.Millisecond, 1001 * time.Millisecond},
		{2 * time.Second, 1001 * time.Millisecond},
		{-time.Hour, -time.Hour},
	} {
		reading.epoch = boot.Add(step.epoch)
		got, err := clock.Clock()
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

// TestReadClockFilesOfAnOddHost: what cannot be read is told from the rest.
func TestReadClockFilesOfAnOddHost(t *testing.T) {
	now := time.Now()
	booted := fmt.Sprintf("cpu 1\nbtime %d\n", now.Add(-time.Hour).Unix())
	tests := []struct {
		name, uptime, stat string
		wantUptime         time.Duration
		wantBoot           time.Time
		noUptime, noBoot   bool
	}{
		{name: "whole", uptime: "60.50 1\n", stat: "cpu 1\nbtime 1700000005\n", wantUptime: 60500 * time.Millisecond, wantBoot: time.Unix(1700000005, 0)},
		{name: "no uptime", stat: booted, wantUptime: time.Hour, wantBoot: now.Add(-time.Hour), noUptime: true},
		{name: "uptime is no number", uptime: "soon 1\n", stat: booted, wantUptime: time.Hour, wantBoot: now.Add(-time.Hour), noUptime: true},
		{name: "uptime is negative", uptime: "-1 1\n", stat: booted, wantUptime: time.Hour, wantBoot: now.Add(-time.Hour), noUptime: true},
		{name: "uptime is 0", uptime: "0.00 0.00\n", stat: booted, wantUptime: time.Hour, wantBoot: now.Add(-time.Hour), noUptime: true},
		{name: "booted in 1970", uptime: "60 1\n", stat: "cpu 1\nbtime 0\n", wantUptime: time.Minute, wantBoot: now.Add(-time.Minute), noBoot: true},
		{name: "no stat", uptime: "60 1\n", wantUptime: time.Minute, wantBoot: now.Add(-time.Minute), noBoot: true},
		{name: "no btime", uptime: "60 1\n", stat: "cpu 1\n", wantUptime: time.Minute, wantBoot: now.Add(-time.Minute), noBoot: true},
	}
	for _, test := range tests {
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
			got, err := readClockFiles(root)
			if err != nil {
				t.Fatal(err)
			}
			if (got.uptime-test.wantUptime).Abs() > time.Minute/2 || got.epoch.Sub(test.wantBoot).Abs() > time.Minute/2 {
				t.Errorf("up for %v since %v, want %v since %v", got.uptime, got.epoch, test.wantUptime, test.wantBoot)
			}
			if got.noUptime != test.noUptime || got.noBoot != test.noBoot {
				t.Errorf("no uptime: %t, no boot: %t", got.noUptime, got.noBoot)
			}
		})
	}
}

// TestBootClockKeepsTheBoot: as long as the file does not tell it any more.
func TestBootClockKeepsTheBoot(t *testing.T) {
	boot := time.Unix(1_700_000_000, 0)
	reading := clockReading{uptime: time.Hour, epoch: boot}
	clock := &BootClock{read: func() (clockReading, error) { return reading, nil }}
	for i, next := range []clockReading{reading, {uptime: time.Hour, epoch: boot.Add(time.Minute), noBoot: true}} {
		reading = next
		got, err := clock.Clock()
		if err != nil || !got.Epoch.Equal(boot) {
			t.Errorf("reading %d: booted at %v (%v), want %v", i, got.Epoch, err, boot)
		}
	}
}
