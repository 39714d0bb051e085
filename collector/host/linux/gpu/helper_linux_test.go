package gpu

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-kit/log"

	"proctree/collector/host/hosttest"
	"proctree/collector/process"
)

// script writes a program.
func script(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "helper")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// merged waits until the helper reports so many processes, and returns them.
func merged(t *testing.T, h *Helper, kernel []Holder, want int) []Holder {
	t.Helper()
	s := hosttest.Snapshot(time.Hour, hosttest.Process(7, 0, "a"), hosttest.Process(9, 0, "b"))
	for range 2000 {
		if got := h.Merge(append([]Holder(nil), kernel...), s, map[string]uint64{}); len(got) == want {
			return got
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("the helper has not reported %d processes", want)
	return nil
}

func TestHelper(t *testing.T) {
	h := startHelper(script(t, "echo nonsense\necho '"+goodLine+"'\ncat >/dev/null\n"), log.NewNopLogger(), time.Hour, time.Hour)
	defer h.Close()
	// Process 8 is not in the table. The kernel's values of the same GPU are left out, those of another are not.
	kernel := []Holder{{Process: process.ID{PID: 7, StartTicks: 7}, Client: Client{Driver: "nvidia-drm", Device: "0000:01:00.0"}}, {Process: process.ID{PID: 9, StartTicks: 9}, Client: Client{Driver: "i915", Device: "0000:00:02.0"}}}
	for range 2000 {
		if got := merged(t, h, kernel, 2); got[1].Process.PID == 7 {
			if got[0].Client.Driver != "i915" || got[1].Client.Driver != "nvidia" || !got[1].New {
				t.Errorf("%+v", got)
			}
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("the helper has reported nothing")
}

// TestHelperThatEnds: it is started again, and its counters, which begin at 0 again, count on.
func TestHelperThatEnds(t *testing.T) {
	h := startHelper(script(t, "echo '"+goodLine+"'\n"), log.NewNopLogger(), time.Hour, time.Millisecond)
	defer h.Close()
	var accounts Accounts
	seen := map[uint64]bool{}
	for len(seen) < 3 {
		got := merged(t, h, nil, 1)
		if start := got[0].Client.ID; !seen[start] {
			seen[start] = true
			accounts.Add(hosttest.Epoch, got)
		}
	}
	s := hosttest.Snapshot(time.Hour, hosttest.Process(7, 0, "a"))
	accounts.Apply(s, nil, 1)
	if got := s.Processes[0].GPUTime; got != 4500*time.Millisecond {
		t.Errorf("three starts with 1.5 s each are %v", got)
	}
}

// TestHelperThatHangs: one that is silent is ended and started again, also if it ignores the end of its
// input, and its values are no longer shown.
func TestHelperThatHangs(t *testing.T) {
	marks := filepath.Join(t.TempDir(), "starts")
	h := startHelper(script(t, "echo >>"+marks+"\necho '"+goodLine+"'\nexec sleep 600\n"), log.NewNopLogger(), 50*time.Millisecond, time.Millisecond)
	defer h.Close()
	for range 2000 {
		if text, _ := os.ReadFile(marks); len(text) >= 3 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("the helper was not started again")
}

func TestCheckHelper(t *testing.T) {
	good := script(t, "")
	loose := script(t, "")
	if err := os.Chmod(loose, 0o722); err != nil {
		t.Fatal(err)
	}
	plain := filepath.Join(t.TempDir(), "plain")
	if err := os.WriteFile(plain, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := CheckHelper(good); err != nil {
		t.Error(err)
	}
	for path, want := range map[string]string{"helper": "not an absolute path", "/nowhere/at/all": "no such file", loose: "written by others", plain: "not an executable", t.TempDir(): "not an executable"} {
		if err := CheckHelper(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
	}
}
