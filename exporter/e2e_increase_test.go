//go:build linux

package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"

	"proctree/deploy/programs"
)

// startTimestamps is the flag with which Prometheus stores a zero at the start of a counter.
const startTimestamps = "--enable-feature=created-timestamp-zero-ingestion"

// oneShot is a process of a group of its own that uses CPU time and then waits, so that a
// scan sees all of it.
type oneShot struct {
	cmd  *exec.Cmd
	hold io.Closer
}

// oneShots starts so many, named oneshot-0 and so on, and waits until each has used its
// share.
func oneShots(t *testing.T, n, loops int) []oneShot {
	t.Helper()
	dir := t.TempDir()
	shots, said := make([]oneShot, n), make([]io.Reader, n)
	for i := range shots {
		path := filepath.Join(dir, fmt.Sprintf("oneshot-%d", i))
		if err := os.Symlink("/bin/sh", path); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(path, "-c", fmt.Sprintf("i=0; while [ $i -lt %d ]; do i=$((i+1)); done; echo; read x", loops))
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		hold, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if said[i], err = cmd.StdoutPipe(); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = hold.Close() })
		shots[i] = oneShot{cmd, hold}
	}
	for i := range said {
		if _, err := said[i].Read(make([]byte, 1)); err != nil {
			t.Fatalf("%v used no CPU time: %v", shots[i].cmd.Args, err)
		}
	}
	return shots
}

// end lets them end and returns the CPU time that they used, by the kernel's own account.
func end(shots []oneShot) time.Duration {
	var burned time.Duration
	for _, s := range shots {
		_ = s.hold.Close()
		_ = s.cmd.Wait() // read has a status of its own at the end of its input.
		burned += s.cmd.ProcessState.UserTime() + s.cmd.ProcessState.SystemTime()
	}
	return burned
}

// startVictoriaMetrics starts one that scrapes the exporter itself as job "direct", and an
// agent of Prometheus with start timestamps that sends to it as job "agent".
func startVictoriaMetrics(t *testing.T, target *server, interval string) *promServer {
	t.Helper()
	program := programs.Tool(t, "victoria-metrics", "Debian package victoria-metrics")
	dir := t.TempDir()
	scrape := func(job, more string) string {
		t.Helper()
		file := filepath.Join(dir, job+".yml")
		text := fmt.Sprintf("scrape_configs:\n- job_name: %s\n  scrape_interval: %s\n  scrape_timeout: %[2]s\n"+
			"  static_configs:\n  - targets: [%q]\n%s", job, interval, strings.TrimPrefix(target.url, "http://"), more)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	store := programs.Run(t, programs.Config{Path: program, Ready: "/health", Args: []string{
		"-httpListenAddr=ADDRESS", "-storageDataPath=" + filepath.Join(dir, "data"), "-promscrape.config=" + scrape("direct", ""),
		"-search.latencyOffset=0s", "-loggerLevel=WARN", "-memory.allowedPercent=10",
	}})
	agent := programs.Run(t, programs.Config{Path: tool(t, "prometheus"), Ready: "/-/ready", Args: []string{
		"--agent", "--web.listen-address=ADDRESS", "--storage.agent.path=" + filepath.Join(dir, "agent"),
		"--config.file=" + scrape("agent", "remote_write:\n- url: "+store.URL+"/api/v1/write\n"), "--log.level=warn", startTimestamps,
	}})
	return &promServer{t: t, url: store.URL, programs: []*programs.Program{store, agent}}
}

// number returns the one value of a query, 0 if there is none.
func (p *promServer) number(promql string) float64 {
	p.t.Helper()
	return only(p.t, p.query(promql))
}

// only returns the one value of an answer.
func only(t *testing.T, values map[string]string) float64 {
	t.Helper()
	for labels, text := range values {
		value, err := strconv.ParseFloat(text, 64)
		if err != nil || len(values) > 1 {
			t.Fatalf("%s %s, of %d values: %v", labels, text, len(values), err)
		}
		return value
	}
	return 0
}

// await waits until a query has a value that is not 0.
func (p *promServer) await(promql string) {
	p.t.Helper()
	for deadline := time.Now().Add(2 * patience); p.number(promql) == 0; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			p.t.Fatalf("nothing within %v: %s", 2*patience, promql)
		}
	}
}

// numberAt is number at a time in seconds since 1970.
func (p *promServer) numberAt(promql string, at float64) float64 {
	p.t.Helper()
	return only(p.t, p.queryAt(promql, at))
}

// oneShotsUnseen runs one-shots while the servers stand still, so that each group is first
// scraped with all the CPU time that it will ever have. It returns that time by the kernel's
// account, once the servers have scraped each group in which nothing runs any more.
func oneShotsUnseen(t *testing.T, jobs []string, servers ...*promServer) (burned float64) {
	t.Helper()
	const groups, second = 5, 1_200_000
	signal := func(s syscall.Signal) {
		for _, p := range servers {
			for _, program := range p.programs {
				if err := program.Signal(s); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	everywhere := func(query string) {
		for _, p := range servers {
			for _, job := range jobs {
				p.await(fmt.Sprintf(query, job, groups))
			}
		}
	}
	everywhere("count_over_time(up{job=%q}[1m]) > %d")
	signal(syscall.SIGSTOP)
	shots := oneShots(t, groups, second)
	signal(syscall.SIGCONT)
	everywhere(`count(proctree_group_starts_total{group=~"oneshot-.*",job=%q}) == %d`)
	burned = end(shots).Seconds()
	everywhere(`count(proctree_group_exits_total{group=~"oneshot-.*",job=%q} > 0) == %d`)
	return burned
}

// TestIncreaseOverOneShotGroups compares what Prometheus makes of one-shot groups with the
// kernel's account of the processes. docs/counters.md has these numbers.
func TestIncreaseOverOneShotGroups(t *testing.T) {
	const (
		metric   = "proctree_group_cpu_seconds_total"
		series   = metric + `{group=~"oneshot-.*"}`
		increase = "sum(increase(" + series + "[5m]))"
	)
	// appeared adds new series in full, for servers that know no start timestamps.
	appeared := "sum(" + strings.ReplaceAll(fenced(t, "../docs/counters.md", "promql")[0], metric, series) + ")"
	exporter := start(t)
	with := startPrometheus(t, exporter, "1s", startTimestamps)
	without := startPrometheus(t, exporter, "1s")
	without.await("up")
	seen := without.number("timestamp(up)")
	burned := oneShotsUnseen(t, []string{"proctree"}, with, without)
	for _, c := range []struct {
		name     string
		server   *promServer
		query    string
		min, max float64
	}{
		{"start timestamps", with, increase, 98, 102},
		{"no start timestamps", without, increase, 0, 1},
		{"no start timestamps, new series in full", without, appeared, 98, 102},
	} {
		// At the time of the last sample there is nothing to extrapolate to.
		at := c.server.number("max(timestamp(" + series + "))")
		query := strings.ReplaceAll(c.query, "5m", fmt.Sprintf("%dms", int((at-seen)*1000)))
		got := 100 * c.server.numberAt(query, at) / burned
		t.Logf("%s: %.1f %% of %.2f s", c.name, got, burned)
		if got < c.min || got > c.max {
			t.Errorf("%s: %.2f %% of the CPU time used, want %v to %v", c.name, got, c.min, c.max)
		}
	}
}

// TestIncreaseInVictoriaMetrics: its increase() takes the first value of a series for growth
// unless that is large, and an agent with start timestamps sends it the zeros.
func TestIncreaseInVictoriaMetrics(t *testing.T) {
	vm := startVictoriaMetrics(t, start(t), "1s")
	burned := oneShotsUnseen(t, []string{"direct", "agent"}, vm)
	for _, c := range []struct {
		job, function string
		min, max      float64
	}{
		{"direct", "increase", 98, 102},
		{"direct", "increase_pure", 98, 102},
		{"direct", "increase_prometheus", 0, 1},
		{"agent", "increase", 98, 102},
		{"agent", "increase_prometheus", 98, 102},
	} {
		got := 100 * vm.number(fmt.Sprintf(`sum(%s(proctree_group_cpu_seconds_total{group=~"oneshot-.*",job=%q}[5m]))`, c.function, c.job)) / burned
		t.Logf("%s, %s(): %.1f %% of %.2f s", c.job, c.function, got, burned)
		if got < c.min || got > c.max {
			t.Errorf("%s: %s() has %.2f %% of the CPU time used, want %v to %v", c.job, c.function, got, c.min, c.max)
		}
	}
}

// TestEveryCounterHasAStartTimestamp: whatever the real program counts.
func TestEveryCounterHasAStartTimestamp(t *testing.T) {
	dir := t.TempDir()
	s := start(t, "--history.dir="+filepath.Join(dir, "history"), "--events.file="+filepath.Join(dir, "events"), "--api.enable-control")
	s.samples() // The second scrape has the counters of the first.
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/metrics", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", string(expfmt.NewFormat(expfmt.TypeProtoDelim)))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	counters, decoder := 0, expfmt.NewDecoder(response.Body, expfmt.ResponseFormat(response.Header))
	for {
		family := new(dto.MetricFamily)
		if err := decoder.Decode(family); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if family.GetType() != dto.MetricType_COUNTER {
			continue
		}
		counters++
		for _, m := range family.GetMetric() {
			if m.GetCounter().GetCreatedTimestamp() == nil {
				t.Errorf("%s%v has no start timestamp", family.GetName(), m.GetLabel())
				break
			}
		}
	}
	if counters < 50 {
		t.Errorf("only %d counters", counters)
	}
}
