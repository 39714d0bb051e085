//go:build linux

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// sender sends a megabyte for each line that it reads, and one more before it ends.
const sender = `exec 3<>/dev/tcp/127.0.0.1/$0; s=$(printf %1000000s); echo ready
while read -r n; do for ((i = 0; i < n; i++)); do printf %s "$s" >&3; done; echo sent; done
printf %s "$s" >&3`

// metricsText scrapes.
func metricsText(s *server) string {
	_, body := s.get("/metrics")
	return body
}

// TestNetworkOfProcesses: the API names the process that sends, and the counters are what the other end
// received, also of what it sent before it ended.
func TestNetworkOfProcesses(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("SKIPPED: there is no bash, which can send through a connection")
	}
	const name = "test-sender"
	program := filepath.Join(t.TempDir(), name)
	if err := os.Symlink(bash, program); err != nil {
		t.Fatal(err)
	}
	s := start(t, "--collector.group_network", "--collector.process_network", "--scan.max-age=0s")
	if !strings.Contains(metricsText(s), "proctree_group_network_received_bytes_total") {
		reason := regexp.MustCompile(`cannot be counted; see docs/network.md" err=(.+)`).FindStringSubmatch(s.log.String())
		if reason == nil {
			t.Fatal("the network is not counted, and the log has no reason")
		}
		t.Skipf("SKIPPED: this kernel does not permit to count the network: %s", reason[1])
	}
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	cmd := exec.CommandContext(t.Context(), program, "-c", sender, strconv.Itoa(listener.Addr().(*net.TCPAddr).Port))
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	reap := sync.OnceFunc(func() { _ = cmd.Wait() })
	t.Cleanup(reap)
	said := bufio.NewReader(stdout)
	connection, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	receive := func(n int64) {
		t.Helper()
		if got, err := io.CopyN(io.Discard, connection, n); err != nil {
			t.Fatalf("received %d bytes of %d: %v", got, n, err)
		}
	}
	hear := func() {
		t.Helper()
		if line, err := said.ReadString('\n'); err != nil {
			t.Fatalf("the sender said %q: %v", line, err)
		}
	}
	hear()
	s.get("/api/v1/processes")
	const first = 50
	if _, err := fmt.Fprintln(stdin, first); err != nil {
		t.Fatal(err)
	}
	receive(first * 1_000_000)
	hear()

	type row struct {
		Name    string
		Network *struct {
			Rate        *float64 `json:"bytes_per_second"`
			Transmitted *uint64  `json:"transmitted_bytes"`
		}
	}
	var list struct{ Data struct{ Processes []row } }
	status, body := s.get("/api/v1/processes?sort=network")
	if err := json.Unmarshal([]byte(body), &list); err != nil || status != 200 {
		t.Fatalf("status %d, %v: %s", status, err, body)
	}
	// This test has received as much, and others may send too.
	at := slices.IndexFunc(list.Data.Processes, func(p row) bool { return p.Name == name })
	if at < 0 || at > 3 {
		t.Fatalf("sorted by the network, the sender is at %d: %.1000s", at, body)
	}
	if p := list.Data.Processes[at]; p.Network == nil || p.Network.Rate == nil || *p.Network.Rate == 0 || p.Network.Transmitted == nil || *p.Network.Transmitted != first*1_000_000 {
		t.Errorf("the sender has %+v", p.Network)
	}
	all := s.samples()
	for _, metric := range []struct {
		name, label, value string
	}{
		{"proctree_group_network_transmitted_bytes_total", "group", name},
		{"proctree_process_network_transmitted_bytes_total", "pid", strconv.Itoa(cmd.Process.Pid)},
	} {
		if v, ok := all.value(metric.name, metric.label, metric.value, "protocol", "tcp"); !ok || v != first*1_000_000 {
			t.Errorf("%s is %v (known: %t), want %d", metric.name, v, ok, first*1_000_000)
		}
		if v, ok := all.value(metric.name, metric.label, metric.value, "protocol", "udp"); !ok || v != 0 {
			t.Errorf("%s of UDP is %v (known: %t), want 0", metric.name, v, ok)
		}
	}
	if err := stdin.Close(); err != nil {
		t.Fatal(err)
	}
	receive(1_000_000)
	reap()
	s.eventually("the bytes of the sender that has ended", func() bool {
		v, _ := s.samples().value("proctree_group_network_transmitted_bytes_total", "group", name, "protocol", "tcp")
		return v == (first+1)*1_000_000
	})
	t.Run("in a real Prometheus", func(t *testing.T) {
		p := startPrometheus(t, s, "500ms")
		sent := func(protocol string) map[string]string {
			return p.query(`sum(proctree_group_network_transmitted_bytes_total{group="` + name + `",protocol="` + protocol + `"})`)
		}
		want := map[string]string{"map[]": strconv.Itoa((first + 1) * 1_000_000)}
		got := sent("tcp")
		for deadline := time.Now().Add(patience); len(got) == 0 && time.Now().Before(deadline); got = sent("tcp") {
			time.Sleep(100 * time.Millisecond)
		}
		if !maps.Equal(got, want) {
			t.Errorf("Prometheus has %v bytes of TCP, want %v", got, want)
		}
		if got := sent("udp"); !maps.Equal(got, map[string]string{"map[]": "0"}) {
			t.Errorf("Prometheus has %v bytes of UDP, want 0", got)
		}
	})

	off := start(t, "--scan.max-age=0s")
	if text := metricsText(off); strings.Contains(text, "_network_transmitted_bytes_total{group") {
		t.Error("the collectors are off, and /metrics has the network of groups")
	}
}
