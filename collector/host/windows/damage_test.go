package windows

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"
	"time"

	"proctree/collector/process"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// manyEntries is a table of processes that differ in everything.
func manyEntries() []fakeProcess {
	var all []fakeProcess
	for i := range 12 {
		n := uint64(i + 1)
		all = append(all, fakeProcess{image: "program" + string(rune('a'+i)), threads: []fakeThread{waiting, running}[:1+i%2], Process: Process{
			PID: 4 * n, ParentPID: 4, CreateTime: 133_000_000_000_000_000 + n, UserTime: time.Duration(n) * time.Second,
			KernelTime: time.Duration(n) * time.Minute, Handles: 7, PageFaults: 100, HardFaults: 10,
			WorkingSetBytes: n << 20, CommitBytes: n << 21, ReadBytes: n << 30, WrittenBytes: n << 31,
		}})
	}
	return all
}

// FuzzDamagedTable damages one entry of a table: no panic, all other entries as before, and
// no value that cannot be true.
func FuzzDamagedTable(f *testing.F) {
	for seed := range uint64(300) {
		f.Add(seed)
	}
	whole, err := Parse(nil, tableOf(manyEntries()...), base)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		random := rand.New(rand.NewPCG(seed, 2))
		buf := tableOf(manyEntries()...)
		victim := random.IntN(len(whole))
		start := startOf(buf, victim)
		end := len(buf)
		if victim < len(whole)-1 {
			end = startOf(buf, victim+1)
		}
		chained := damageBytes(random, buf[start:end])
		if random.IntN(10) == 0 {
			buf, chained = buf[:start+random.IntN(end-start)], false
		}
		got, _ := Parse(nil, buf, base)
		checkEntries(t, whole, got, victim, chained)
	})
}

// startOf is where an entry begins.
func startOf(buf []byte, entry int) (at int) {
	for range entry {
		at += int(binary.LittleEndian.Uint32(buf[at:]))
	}
	return at
}

// damageBytes damages an entry; chained is false if the next one cannot be found any more.
func damageBytes(random *rand.Rand, entry []byte) (chained bool) {
	next := binary.LittleEndian.Uint32(entry)
	for range 1 + random.IntN(3) {
		at := random.IntN(len(entry))
		for i := range 1 + random.IntN(8) {
			if at+i < len(entry) {
				entry[at+i] = [...]byte{0, 0xff, 0x80, byte(random.Uint32())}[random.IntN(4)]
			}
		}
	}
	return binary.LittleEndian.Uint32(entry) == next
}

func checkEntries(t *testing.T, whole, got []Process, victim int, chained bool) {
	t.Helper()
	same := cmp.Options{cmpopts.IgnoreUnexported(Process{})}
	for i := range whole {
		if i == victim || i > victim && !chained {
			continue
		}
		if i >= len(got) {
			t.Fatalf("entry %d is gone, %d was damaged", i, victim)
		}
		if diff := cmp.Diff(whole[i], got[i], same); diff != "" || got[i].Name() != whole[i].Name() {
			t.Errorf("entry %d, %d was damaged (-whole +damaged):\n%s", i, victim, diff)
		}
	}
	for i := range got {
		p := &got[i]
		if p.UserTime < 0 || p.KernelTime < 0 || p.Known.Has(process.HasResident) && p.WorkingSetBytes > maxMemory {
			t.Errorf("impossible: %+v", p)
		}
		if lost := whole[0].Known &^ p.Known; lost != 0 && p.Odd == 0 {
			t.Errorf("metrics %b are lost and not counted: %+v", lost, p)
		}
		_ = p.Name()
	}
	checkParents(got)
}
