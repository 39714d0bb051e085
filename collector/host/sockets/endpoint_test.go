package sockets

import (
	"encoding/binary"
	"testing"

	"proctree/collector/process"
)

// littleEndian skips what is recorded on a machine of that order.
func littleEndian(t *testing.T) {
	t.Helper()
	if binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		t.Skip("the lines are those of a little-endian machine; this one is big-endian")
	}
}

func TestParseEndpoint(t *testing.T) {
	littleEndian(t)
	for line, want := range map[string]process.Socket{
		"   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0": {
			FD: 7, Protocol: "tcp", Local: "127.0.0.1:8080", State: "listen",
		},
		"   1: 0200000A:C001 08080808:01BB 01 00000000:00000000 00:00000000 00000000  1000        0 4712 1": {
			FD: 7, Protocol: "tcp", Local: "10.0.0.2:49153", Remote: "8.8.8.8:443", State: "established",
		},
		"   2: 00000000000000000000000001000000:0016 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 4713 1": {
			FD: 7, Protocol: "tcp", Local: "[::1]:22", State: "listen",
		},
		"   3: 0000000000000000FFFF00000100007F:0016 0000000000000000FFFF00000100007F:C001 08 0:0 00:0 0 0 0 4714 1": {
			FD: 7, Protocol: "tcp", Local: "127.0.0.1:22", Remote: "127.0.0.1:49153", State: "close_wait",
		},
	} {
		e, ok := ParseEndpoint([]byte(line), TCP)
		if got := e.Socket(7); !ok || got != want {
			t.Errorf("%s: %+v %v, want %+v", line, got, ok, want)
		}
	}
	udp, ok := ParseEndpoint([]byte("  10: 3500007F:0035 00000000:0000 07 0:0 00:0 0 101 0 4715 2"), UDP)
	if !ok || udp.State != "unconnected" || !udp.HasPort(53) || udp.HasPort(443) {
		t.Errorf("%+v %v", udp, ok)
	}
	for _, line := range []string{"", "  sl  local_address rem_address   st", "0: zz:0016 00000000:0000 0A 0:0 00:0 0 0 0 4713 1", "0: 0100:0016 00000000:0000 0A 0:0 00:0 0 0 0 4713 1", "0: 0100007F 00000000:0000 0A 0:0 00:0 0 0 0 4713 1"} {
		if e, ok := ParseEndpoint([]byte(line), TCP); ok {
			t.Errorf("%q is a socket: %+v", line, e)
		}
	}
}

func TestParseUnix(t *testing.T) {
	for line, want := range map[string]process.Socket{
		"0000000000000000: 00000002 00000000 00010000 0001 01 4711 /run/a socket": {Protocol: "unix", Local: "/run/a socket", State: "listen"},
		"0000000000000000: 00000003 00000000 00000000 0001 03 4711":               {Protocol: "unix", State: "established"},
		"0000000000000000: 00000002 00000000 00000000 0002 01 4711 @abstract":     {Protocol: "unix", Local: "@abstract", State: "unconnected"},
	} {
		if inode, got, ok := ParseUnix([]byte(line)); !ok || inode != 4711 || got != want {
			t.Errorf("%s: %d %+v %v", line, inode, got, ok)
		}
	}
	for _, line := range []string{"", "Num       RefCount Protocol Flags    Type St Inode Path", "0: 2 0 10000 1 1 x"} {
		if _, _, ok := ParseUnix([]byte(line)); ok {
			t.Errorf("%q is a socket", line)
		}
	}
}

// FuzzParseEndpoint: no line is too odd.
func FuzzParseEndpoint(f *testing.F) {
	f.Add([]byte("0: 0100007F:1F90 00000000:0000 0A 0:0 00:0 0 0 0 4711 1"))
	f.Add([]byte("0: 2 0 10000 1 1 7 /x"))
	f.Fuzz(func(t *testing.T, line []byte) {
		if e, ok := ParseEndpoint(line, TCP); ok && (e.Inode == 0 || !e.Local.IsValid()) {
			t.Errorf("%q: %+v", line, e)
		}
		ParseUnix(line)
	})
}
