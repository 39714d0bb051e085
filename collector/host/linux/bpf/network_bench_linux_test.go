package bpf

import (
	"net"
	"testing"

	"github.com/cilium/ebpf"
	"golang.org/x/sys/unix"
)

// BenchmarkNetwork returns what one write and one read of 200 bytes by TCP take without the counting and
// with it, and how long the kernel runs each program, with the some 30 ns of its own clock.
func BenchmarkNetwork(b *testing.B) {
	b.Run("off", benchmarkEcho)
	b.Run("on", func(b *testing.B) {
		count(b)
		benchmarkEcho(b)
	})
	b.Run("programs", func(b *testing.B) {
		n := count(b)
		stats, err := ebpf.EnableStats(uint32(unix.BPF_STATS_RUN_TIME))
		if err != nil {
			b.Skipf("SKIPPED: the kernel does not measure BPF programs: %v", err)
		}
		defer func() { _ = stats.Close() }()
		benchmarkEcho(b)
		for name, p := range n.collection.Programs {
			s, err := p.Stats()
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(s.Runtime)/float64(max(1, s.RunCount)), "ns/"+name)
		}
	})
}

// count counts the network until the benchmark ends.
func count(b *testing.B) *Network {
	b.Helper()
	exits, err := LoadExitsWithNetwork()
	if err != nil {
		b.Skipf("SKIPPED: no accounting of exits by BPF on this machine: %v", err)
	}
	b.Cleanup(func() { _ = exits.Close() })
	n, err := exits.CountNetwork()
	if err != nil {
		b.Skipf("SKIPPED: the network cannot be counted here: %v", err)
	}
	b.Cleanup(func() { _ = n.Close() })
	return n
}

func benchmarkEcho(b *testing.B) {
	b.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	client, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	server, err := listener.Accept()
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = server.Close() }()
	buf := make([]byte, 200)
	for b.Loop() {
		if _, err := client.Write(buf); err != nil {
			b.Fatal(err)
		}
		if _, err := server.Read(buf); err != nil {
			b.Fatal(err)
		}
	}
}
