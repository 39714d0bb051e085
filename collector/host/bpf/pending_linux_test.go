package bpf

import (
	"os"
	"testing"
	"time"
)

// A process of which the kernel says nothing when it is freed is not forgotten.
func TestExitsThatGetNoAccountArePending(t *testing.T) {
	exits := exitsOrSkip(t, LoadExits)
	pass(t, exits)
	pending := func(comm string) (keys []EndedKey, used time.Duration) {
		t.Helper()
		err := exits.Pending(func(k *EndedKey, e *Ended) {
			if name(e.Comm) == comm {
				keys, used = append(keys, *k), time.Duration(e.Used.Runtime)
				if e.How != EndedWithCode || e.Ppid != uint32(os.Getpid()) || e.Used.Minflt == 0 {
					t.Errorf("noted %+v", e)
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		return keys, used
	}
	const script = "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; exit 3"
	eventually(t, "an account", func() bool {
		run(t, "gets-account", script)
		time.Sleep(50 * time.Millisecond) // an RCU grace period
		keys, _ := pending("gets-account")
		return len(keys) == 0
	})
	if err := exits.links[0].Close(); err != nil { // sched_process_free
		t.Fatal(err)
	}
	want := run(t, "gets-none", script)
	keys, used := pending("gets-none")
	if ratio := float64(used) / float64(want); len(keys) != 1 || ratio < 0.5 || ratio > 1.1 {
		t.Fatalf("%d pending, %v; wait4 says %v", len(keys), used, want)
	}
	for _, want := range []bool{true, false} {
		if forgotten, err := exits.Forget(keys[0]); forgotten != want || err != nil {
			t.Errorf("forgotten: %t (%v), want %t", forgotten, err, want)
		}
	}
	if keys, _ := pending("gets-none"); len(keys) != 0 {
		t.Errorf("%d pending after they were forgotten", len(keys))
	}
}
