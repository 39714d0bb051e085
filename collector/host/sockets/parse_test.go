package sockets

import "testing"

func TestParseLine(t *testing.T) {
	const tail = " 00000000:00000000 00:00000000 00000000     0        0 "
	for _, tt := range []struct {
		name     string
		line     string
		protocol Protocol
		want     Socket
		ok       bool
	}{
		{"head", "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode", TCP, Socket{}, false},
		{"listening", "   0: 0100007F:1F90 00000000:0000 0A" + tail + "12345 1 0000 100 0 0 10 0", TCP, Socket{12345, TCP, Listening}, true},
		{"established", "   1: 0100007F:1F90 0100007F:C001 01" + tail + "77 1", TCP, Socket{77, TCP, Established}, true},
		{"closing", "   2: 0100007F:1F90 0100007F:C001 08" + tail + "78 1", TCP, Socket{78, TCP, Other}, true},
		{"of nobody", "   3: 0100007F:1F90 0100007F:C001 06" + tail + "0 3", TCP, Socket{}, false},
		{"closed TCP", "   4: 00000000:0000 00000000:0000 07" + tail + "79 1", TCP, Socket{79, TCP, Other}, true},
		{"UDP without a peer", "  10: 00000000:0044 00000000:0000 07" + tail + "80 2", UDP, Socket{80, UDP, Listening}, true},
		{"UDP with a peer", "  10: 0100007F:0044 0100007F:0035 01" + tail + "81 2", UDP, Socket{81, UDP, Established}, true},
		{"cut off", "   0: 0100007F:1F90 00000000:0000 0A", TCP, Socket{}, false},
		{"bad state", "   0: 0100007F:1F90 00000000:0000 XX" + tail + "1", TCP, Socket{}, false},
		{"bad inode", "   0: 0100007F:1F90 00000000:0000 0A" + tail + "-1", TCP, Socket{}, false},
		{"empty", "", TCP, Socket{}, false},
	} {
		if got, ok := parseLine([]byte(tt.line), tt.protocol); ok != tt.ok || (ok && got != tt.want) {
			t.Errorf("%s: %+v, %v", tt.name, got, ok)
		}
	}
}

func TestParseTarget(t *testing.T) {
	for target, want := range map[string]uint64{
		"socket:[12345]": 12345, "socket:[0]": 0, "socket:[": 0, "socket:[x]": 0, "socket:[1": 0,
		"/tmp/socket:[5]": 0, "anon_inode:[eventpoll]": 0, "": 0, "socket:[99999999999999999999]": 0,
	} {
		if got, ok := parseTarget([]byte(target)); ok != (want != 0) || (ok && got != want) {
			t.Errorf("%q: %d, %v", target, got, ok)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12345 1")
	f.Add("socket:[12345]")
	f.Fuzz(func(t *testing.T, text string) {
		if s, ok := parseLine([]byte(text), UDP); ok && (s.Inode == 0 || s.Protocol != UDP || int(s.State) >= NumStates) {
			t.Errorf("%q is %+v", text, s)
		}
		if inode, ok := parseTarget([]byte(text)); ok && inode == 0 {
			t.Errorf("%q has no inode", text)
		}
	})
}
