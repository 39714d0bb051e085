package bpf

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// eventsOrSkip starts the events, or skips the test where that is not permitted.
func eventsOrSkip(tb testing.TB, ring uint32) *Events {
	tb.Helper()
	spec, err := loadEvents()
	if err != nil {
		tb.Fatal(err)
	}
	if ring > 0 {
		spec.Maps[eventsMapEvents].MaxEntries = ring
	}
	events, err := startEvents(spec)
	if err != nil {
		tb.Skipf("SKIPPED: no events by BPF on this machine: %v", err)
	}
	tb.Cleanup(func() {
		if err := events.Close(); err != nil {
			tb.Error(err)
		}
	})
	return events
}

// life is what events tell of one process.
type life struct {
	forks, execs, exits int
	parent              uint32
	args                []string
	flags               uint8
	comm, exe           string
	exit                EventExitStatus
	forked, ended       uint64
}

// lives reads events for a while.
func lives(t *testing.T, events *Events, of map[uint32]*life, wait time.Duration) {
	t.Helper()
	err := events.Read(wait, func(e *Event, exit *EventExitStatus, args, exe []byte) {
		l := of[e.Pid]
		if l == nil {
			l = &life{}
			of[e.Pid] = l
		}
		switch EventKind(e.Kind) {
		case EventFork:
			l.forks, l.parent, l.forked = l.forks+1, e.Ppid, e.Time
		case EventExec:
			l.execs++
			l.args = strings.Split(strings.TrimSuffix(string(args), "\x00"), "\x00")
			l.flags, l.comm, l.exe = e.Flags, name(e.Comm), string(exe)
		case EventExit:
			l.exits, l.exit, l.ended = l.exits+1, *exit, e.Time
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestEventsOfOneLife(t *testing.T) {
	events := eventsOrSkip(t, 0)
	long := strings.Repeat("x", 2*EventArgs)
	page := uint64(os.Getpagesize())
	for _, tc := range []struct {
		name      string
		args      []string
		want      uint32
		truncated bool
	}{
		{"ends well", []string{"/bin/sh", "-c", "exit 0"}, 0, false},
		{"exit code", []string{"/bin/sh", "-c", "exit 3"}, 3 << 8, false},
		{"largest exit code", []string{"/bin/sh", "-c", "exit 255"}, 255 << 8, false},
		{"crash", []string{"/bin/sh", "-c", "ulimit -c 0; kill -SEGV $$"}, uint32(unix.SIGSEGV), false},
		{"killed", []string{"/bin/sh", "-c", "kill -KILL $$"}, uint32(unix.SIGKILL), false},
		{"many arguments", []string{"/bin/sh", "-c", "exit 0", long}, 0, true},
		{"memory", []string{"/bin/sh", "-c", "dd if=/dev/zero of=/dev/null bs=40M count=1 2>/dev/null"}, 0, false},
	} {
		cmd := exec.CommandContext(t.Context(), tc.args[0], tc.args[1:]...)
		began := sinceBoot(t)
		_ = cmd.Run()
		ended := sinceBoot(t)
		all := map[uint32]*life{}
		eventually(t, tc.name, func() bool {
			lives(t, events, all, 20*time.Millisecond)
			l := all[uint32(cmd.Process.Pid)]
			return l != nil && l.exits > 0
		})
		l := all[uint32(cmd.Process.Pid)]
		if l.forks != 1 || l.execs != 1 || l.exits != 1 || l.parent != uint32(os.Getpid()) || l.comm != "sh" || l.exe != tc.args[0] {
			t.Errorf("%s: %+v", tc.name, l)
		}
		if status := l.exit.Status &^ 0x80; status != tc.want {
			t.Errorf("%s: status %#x, want %#x", tc.name, status, tc.want)
		}
		shown := strings.Join(tc.args, "\x00")
		if !strings.HasPrefix(shown, strings.Join(l.args, "\x00")) || (l.flags&EventTruncated != 0) != tc.truncated {
			t.Errorf("%s: %q, flags %#x", tc.name, l.args, l.flags)
		}
		if l.forked < began || l.ended > ended || l.forked >= l.ended || l.exit.Runtime > l.ended-l.forked {
			t.Errorf("%s: from %d to %d within %d to %d, CPU %d", tc.name, l.forked, l.ended, began, ended, l.exit.Runtime)
		}
		if l.exit.Peak == 0 {
			t.Errorf("%s: no peak", tc.name)
		}
		if tc.name == "memory" {
			most := uint64(0)
			for pid, l := range all {
				if pid == uint32(cmd.Process.Pid) || l.parent == uint32(cmd.Process.Pid) {
					most = max(most, l.exit.Peak*page)
				}
			}
			if most < 40<<20 || most > 60<<20 {
				t.Errorf("peak %d bytes, want 40 MiB and little more", most)
			}
		}
	}
}

// TestEventsAddUp lets a buffer overflow: what was counted was read or lost.
func TestEventsAddUp(t *testing.T) {
	for _, tc := range []struct {
		name  string
		ring  uint32
		pause time.Duration
		loses bool
	}{
		{"enough space", 0, 0, false},
		{"too little space", 4096, 300 * time.Millisecond, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			events := eventsOrSkip(t, tc.ring)
			var read [eventKinds]uint64
			take := func(e *Event, _ *EventExitStatus, _, _ []byte) { read[e.Kind]++ }
			for range 3 {
				if err := exec.CommandContext(t.Context(), "/bin/sh", "-c", "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40; do /bin/true; done").Run(); err != nil {
					t.Fatal(err)
				}
				time.Sleep(tc.pause)
				if err := events.Read(time.Millisecond, take); err != nil {
					t.Fatal(err)
				}
			}
			// Nobody stops other processes: the sums agree as soon as a moment is quiet.
			eventually(t, "counted = read + lost", func() bool {
				if err := events.Read(10*time.Millisecond, take); err != nil {
					t.Fatal(err)
				}
				counts, err := events.Counts()
				if err != nil {
					t.Fatal(err)
				}
				if lost := counts.LostOf() > 0; lost != tc.loses {
					t.Fatalf("%+v, read %v", counts, read)
				}
				for kind := range read {
					if counts.Counted[kind] != read[kind]+counts.Lost[kind] {
						return false
					}
				}
				return read[EventFork] > 100 || tc.loses
			})
		})
	}
}

// TestEventsDropDetailsFirst fills more than half of a buffer: then arguments are left out, and still no
// event is lost.
func TestEventsDropDetailsFirst(t *testing.T) {
	events := eventsOrSkip(t, 64<<10)
	script := "i=0; while [ $i -lt 150 ]; do i=$((i+1)); /bin/true " + strings.Repeat("y", 300) + "; done"
	if err := exec.CommandContext(t.Context(), "/bin/sh", "-c", script).Run(); err != nil {
		t.Fatal(err)
	}
	with, without := 0, 0
	err := events.Read(10*time.Millisecond, func(e *Event, _ *EventExitStatus, args, _ []byte) {
		switch {
		case EventKind(e.Kind) != EventExec || !bytes.HasPrefix(e.Comm[:], []byte("true\x00")):
		case e.Flags&EventNoDetails != 0 && len(args) == 0:
			without++
		default:
			with++
		}
	})
	if err != nil || with < 20 || without < 20 {
		t.Errorf("%d with and %d without arguments, %v", with, without, err)
	}
}

// A wrong size is refused, whatever the bytes.
func FuzzParseEvent(f *testing.F) {
	f.Add(make([]byte, eventBytes))
	f.Add(make([]byte, exitBytes))
	f.Fuzz(func(t *testing.T, b []byte) {
		aligned := append(make([]byte, 0, len(b)+64), b...)
		err := parseEvent(aligned, func(e *Event, exit *EventExitStatus, args, exe []byte) {
			if (EventKind(e.Kind) == EventExit) != (exit != nil) || len(args)+len(exe) > len(b)-eventBytes {
				t.Errorf("%+v with %v and %d bytes", e, exit, len(args))
			}
		})
		if (err == nil) && len(b) < eventBytes {
			t.Errorf("%d bytes are an event", len(b))
		}
	})
}
