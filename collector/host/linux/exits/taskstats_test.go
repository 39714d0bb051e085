//go:build linux

package exits

import (
	"encoding/binary"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"proctree/collector/process"
)

// taskstatsBytes is a struct taskstats of version 12.
func taskstatsBytes(r taskRecord) []byte {
	n, b := binary.NativeEndian, make([]byte, tsLength+8)
	n.PutUint16(b[tsVersion:], tsMinVersion)
	n.PutUint32(b[tsExitCode:], r.status)
	if r.last {
		b[tsFlag] |= acctLastGroup
	}
	if r.ranParent {
		b[tsFlag] |= acctForked
	}
	copy(b[tsComm:], r.name)
	for at, v := range map[int]int{tsUID: int(r.uid), tsPID: r.pid, tsTGID: r.tgid, tsPPID: r.ppid} {
		n.PutUint32(b[at:], uint32(v))
	}
	for at, v := range map[int]uint64{
		tsRunVirtual: uint64(r.used.Run), tsUserTime: uint64(r.used.User.Microseconds()),
		tsSystemTime: uint64(r.used.System.Microseconds()), tsMinorFaults: r.used.minorFaults,
		tsMajorFaults: r.used.majorFaults, tsRead: r.used.read, tsWritten: r.used.written, tsBegan: uint64(r.began.Unix()),
		tsElapsed: uint64(r.life.elapsed.Microseconds()), tsWaited: uint64(r.life.waited), tsStints: r.life.stints, tsSleeps: r.life.sleeps,
	} {
		n.PutUint64(b[at:], v)
	}
	return b
}

// netlinkAttr is an attribute, padded as netlink wants it.
func netlinkAttr(kind uint16, value []byte) []byte {
	b := binary.NativeEndian.AppendUint16(nil, uint16(attrHeader+len(value)))
	b = binary.NativeEndian.AppendUint16(b, kind)
	b = append(b, value...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

// exitMessage is what the kernel sends when a thread ends.
func exitMessage(stats []byte) []byte {
	pid := netlinkAttr(1, []byte{1, 0, 0, 0})
	payload := netlinkAttr(tsTypeAggrPID, slices.Concat(pid, netlinkAttr(tsTypeStats, stats)))
	// The sums over the group come in the same message.
	payload = append(payload, netlinkAttr(5, slices.Concat(pid, netlinkAttr(tsTypeStats, make([]byte, len(stats)))))...)
	b := make([]byte, nlHeader+genlHeader)
	binary.NativeEndian.PutUint32(b, uint32(len(b)+len(payload)))
	return append(b, payload...)
}

var exampleRecord = taskRecord{
	pid: 71, tgid: 70, ppid: 7, uid: 1000, name: "worker", last: true, status: 11, began: time.Unix(1_700_000_000, 0),
	life: taskLife{elapsed: 20 * time.Millisecond, waited: 8 * time.Millisecond, stints: 3, sleeps: 1},
	used: taskUsage{
		CPUAccount:  process.CPUAccount{Run: 7 * time.Millisecond, CPU: process.CPU{User: 8 * time.Millisecond, System: 4 * time.Millisecond}},
		minorFaults: 1, majorFaults: 2, read: 3, written: 4, wait: 8 * time.Millisecond, stints: 3,
	},
}

var byValue = cmp.AllowUnexported(taskRecord{}, taskLife{}, taskUsage{}, process.CPUAccount{})

func TestParseExits(t *testing.T) {
	leader := exampleRecord
	leader.pid, leader.leader, leader.ranParent = 70, true, true
	var got []taskRecord
	datagram := slices.Concat(exitMessage(taskstatsBytes(exampleRecord)), exitMessage(taskstatsBytes(leader)))
	if err := parseExits(datagram, func(r taskRecord) { got = append(got, r) }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]taskRecord{exampleRecord, leader}, got, byValue); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestParseExitsRefuses(t *testing.T) {
	old := taskstatsBytes(exampleRecord)
	binary.NativeEndian.PutUint16(old, tsMinVersion-1)
	whole := exitMessage(taskstatsBytes(exampleRecord))
	for _, tc := range []struct {
		name     string
		datagram []byte
		want     error
	}{
		{"an old version", exitMessage(old), errTaskstatsVersion},
		{"a short struct", exitMessage(taskstatsBytes(exampleRecord)[:tsLength-1]), errTaskstatsVersion},
		{"an empty struct", exitMessage(nil), errNetlink},
		{"half a message", whole[:len(whole)/2], errNetlink},
		{"half a header", whole[:7], errNetlink},
		{"a length of 0", make([]byte, 64), errNetlink},
	} {
		err := parseExits(tc.datagram, func(taskRecord) { t.Errorf("%s: a record", tc.name) })
		if !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, want %v", tc.name, err, tc.want)
		}
	}
}

func FuzzParseExits(f *testing.F) {
	f.Add(exitMessage(taskstatsBytes(exampleRecord)))
	f.Add([]byte{16, 0, 0, 0})
	f.Fuzz(func(t *testing.T, datagram []byte) {
		_ = parseExits(datagram, func(r taskRecord) {
			if len(r.name) > tsCommLength {
				t.Errorf("a name of %d bytes", len(r.name))
			}
		})
	})
}
