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
				if e.How != EndedWithCode+3 || e.Ppid != uint32(os.Getpid()) || e.Used.Minflt == 0 {
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
	took := func(want bool) {
		t.Helper()
		if took, err := exits.Take(keys[0], Ended{}); took != want || err != nil {
			t.Errorf("taken: %t (%v), want %t", took, err, want)
		}
	}
	took(true)
	if again, _ := pending("gets-none"); len(again) != 0 {
		t.Errorf("%d pending after they were taken", len(again))
	}
	if err := exits.forget(time.Now()); err != nil || len(exits.taken) != 0 || exits.forgotten != 1 {
		t.Errorf("%d kept, %d forgotten (%v)", len(exits.taken), exits.forgotten, err)
	}
	took(false)
}

// An account that comes after all is no second one.
func TestExitsDropTheAccountOfWhatWasTaken(t *testing.T) {
	exits := exitsOrSkip(t, LoadExits)
	pass(t, exits)
	l := newLedger()
	late := 0
	eventually(t, "a late account", func() bool {
		zombie := shell(t, "true")
		if err := zombie.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		var key EndedKey
		eventually(t, "the zombie", func() bool {
			err := exits.Pending(func(k *EndedKey, _ *Ended) {
				if int(k.Pid) == zombie.Process.Pid {
					key = *k
				}
			})
			return err != nil || key.Pid != 0
		})
		if took, err := exits.Take(key, Ended{}); !took || err != nil {
			t.Fatalf("taken: %t (%v)", took, err)
		}
		var before, after uint64
		if err := exits.objects.Closed.Get(&before); err != nil {
			t.Fatal(err)
		}
		_ = zombie.Wait()
		time.Sleep(50 * time.Millisecond) // an RCU grace period
		if err := exits.objects.Closed.Get(&after); err != nil {
			t.Fatal(err)
		}
		l.drain(t, exits)
		if _, listed := l.ended[zombie.Process.Pid]; listed {
			t.Fatal("it has an account")
		}
		late += int(after - before)
		return late > 0
	})
}
