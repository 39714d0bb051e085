package bpf

import (
	"net"
	"os"
	"testing"

	"proctree/collector/process"
)

// TestNetworkWays: each way to count that the kernel permits counts each byte once.
func TestNetworkWays(t *testing.T) {
	for i, way := range networkWays {
		t.Run(way.name, func(t *testing.T) {
			exits := exitsOrSkip(t, LoadExitsWithNetwork)
			n, err := exits.countNetwork(i)
			if err != nil {
				t.Skipf("SKIPPED: this kernel does not permit to count the network: in this way: %v", err)
			}
			t.Cleanup(func() {
				if err := n.Close(); err != nil {
					t.Error(err)
				}
			})
			before := ownNetwork(t, n)
			send(t, "127.0.0.1:0", 100, 3)
			send(t, "[::1]:0", 1000, 2)
			want := process.Traffic{ReceivedBytes: 2300, ReceivedOperations: 5, TransmittedBytes: 2300, TransmittedOperations: 5}
			if got := ownNetwork(t, n).Since(before); got == nil || got.UDP != want || got.Total() != want {
				t.Errorf("counted %+v, want %+v", got, want)
			}
			if lost := n.Lost(); lost != 0 {
				t.Errorf("%d calls were not counted", lost)
			}
		})
	}
}

// TestNetworkFull: what finds no memory is reported.
func TestNetworkFull(t *testing.T) {
	exits := exitsOrSkip(t, LoadExits) // With memory for one process.
	n, err := exits.CountNetwork()
	if err != nil {
		t.Skipf("SKIPPED: this kernel does not permit to count the network: %v", err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	// It takes the only place, unless another process was first: then that one has it.
	_ = exits.objects.Networks.Put(uint64(1), Networked{})
	send(t, "127.0.0.1:0", 100, 3)
	if lost := n.Lost(); lost < 6 {
		t.Errorf("%d calls are reported as not counted, want at least 6", lost)
	}
}

// send sends datagrams to this process.
func send(t *testing.T, address string, size, count int) {
	t.Helper()
	receiver, err := net.ListenPacket("udp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = receiver.Close() }()
	buf := make([]byte, size)
	for range count {
		if _, err := receiver.WriteTo(buf, receiver.LocalAddr()); err != nil {
			t.Fatal(err)
		}
		if _, _, err := receiver.ReadFrom(buf); err != nil {
			t.Fatal(err)
		}
	}
}

func ownNetwork(t *testing.T, n *Network) (own *process.Network) {
	t.Helper()
	err := n.Read(func(of *Networked) {
		if int(of.Pid) == os.Getpid() {
			own = of.Network.Network()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return own
}
