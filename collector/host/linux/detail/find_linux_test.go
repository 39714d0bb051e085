package detail

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"proctree/collector/host/linux/procfs"
	"proctree/collector/process"
)

// self is this process.
func self(t *testing.T) process.ID {
	t.Helper()
	text, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		t.Fatal(err)
	}
	var s procfs.Stat
	if !s.Parse(text) {
		t.Fatalf("cannot parse %s", text)
	}
	return process.ID{PID: os.Getpid(), StartTicks: s.StartTicks}
}

func newReader(t *testing.T) *Reader {
	t.Helper()
	r, err := New("/proc", time.Second)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestFindOwnPortAndFile asks the real kernel for what this process has open.
func TestFindOwnPortAndFile(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = packets.Close() })
	path := filepath.Join(t.TempDir(), "held open.log")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	port := func(address net.Addr) uint16 {
		_, text, _ := net.SplitHostPort(address.String())
		n, _ := strconv.ParseUint(text, 10, 16)
		return uint16(n)
	}
	me := self(t)
	gone := process.ID{PID: me.PID, StartTicks: me.StartTicks + 1}
	things := []process.Held{
		{Port: port(listener.Addr())}, {File: "held open"}, {File: path}, {File: path + "x"}, {Port: port(packets.LocalAddr())}, {Port: 1},
	}
	found, err := newReader(t).Find(t.Context(), []process.ID{me, gone}, things)
	if err != nil || len(found.By) != 1 || found.By[me] != 0b10111 || found.Unread != 0 {
		t.Fatalf("%+v, %v; want this process with 10111", found, err)
	}
	d, err := newReader(t).Detail(t.Context(), me)
	if err != nil {
		t.Fatal(err)
	}
	if !hasSocket(d.Sockets, "tcp", listener.Addr().String(), "listen") || !hasSocket(d.Sockets, "udp", packets.LocalAddr().String(), "unconnected") {
		t.Errorf("not among the sockets: %+v", d.Sockets)
	}
}

func hasSocket(list []process.Socket, protocol, local, state string) bool {
	for _, s := range list {
		if s.Protocol == protocol && s.Local == local && s.State == state {
			return true
		}
	}
	return false
}

func TestFindIsBounded(t *testing.T) {
	r := newReader(t)
	if _, err := r.Find(t.Context(), nil, make([]process.Held, process.MaxHeld+1)); err == nil || !strings.Contains(err.Error(), "32") {
		t.Errorf("%v", err)
	}
	r.finding <- struct{}{}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := r.Find(ctx, nil, []process.Held{{Port: 1}}); err == nil {
		t.Error("a second search does not wait for the first")
	}
}
