//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// What the counting may cost, and how close it has to be.
const (
	mostBulk    = 1.03
	mostSmall   = 1.05
	mostPerCall = 150.0 // ns
	mostWrong   = 0.001
)

// networkRounds is how often each way of counting is measured, for one measurement is rough.
const networkRounds = 3

// The ways to count the network, of which each round has one after the other.
const (
	wayNone = "nothing counts"
	wayOwn  = "proctree `--collector.group_network`"
	wayTCP  = "bcc `tcptop`"
)

// networkRun is what one load took by each way.
type networkRun struct {
	load    *trafficLoad
	cpu     map[string][]time.Duration
	missing map[string]string
	// calls are the operations that the exporter counted in a round, and wrong how far its bytes are
	// from what was sent and received, as a ratio.
	calls, wrong float64
}

// networkPart measures what it costs to count the network of processes, and how true that is.
func (b *bench) networkPart(ctx context.Context) error {
	var all []target
	for i := range trafficLoads {
		run := &networkRun{load: &trafficLoads[i], cpu: map[string][]time.Duration{}, missing: map[string]string{}}
		for round := range b.options.rounds * networkRounds {
			b.progress("network: %s, round %d", run.load.what, round+1)
			ways := []string{wayNone, wayOwn, wayTCP}
			for i := range ways {
				// In another order each time, so that what grows with time hits all alike.
				if err := b.countTraffic(ctx, run, ways[(i+round)%len(ways)]); err != nil {
					return err
				}
			}
		}
		b.showNetwork(run)
		all = append(all, run.targets()...)
	}
	b.report.heading("Targets: network")
	b.report.targets(all)
	return nil
}

// countTraffic makes the traffic once while it is counted in one way.
func (b *bench) countTraffic(ctx context.Context, run *networkRun, way string) error {
	if run.missing[way] != "" {
		return nil
	}
	var own *server
	switch way {
	case wayOwn:
		var err error
		if own, err = b.serveExporter(ctx, "--collector.group_network", "--scan.max-age=0s"); err != nil {
			return err
		}
		defer func() { _ = own.shut() }()
	case wayTCP:
		peer, err := startTCPTop(ctx)
		if err != nil {
			run.missing[way] = err.Error()
			return nil
		}
		defer func() { _ = peer.stop(syscall.SIGINT) }()
	}
	worker, err := startWorker(ctx, "traffic:"+run.load.String())
	if err != nil {
		return err
	}
	defer func() { _ = worker.stop(nil) }()
	used, err := cpuOfTraffic(worker)
	if err != nil {
		return err
	}
	run.cpu[way] = append(run.cpu[way], used)
	if own == nil {
		return nil
	}
	counted, err := own.trafficOf(ctx, worker.pid())
	if err != nil {
		run.missing[way] = err.Error()
		delete(run.cpu, way)
		return nil
	}
	want := float64(run.load.size * run.load.count)
	run.wrong = max(run.wrong, max(counted.Received-want, want-counted.Received, counted.Transmitted-want, want-counted.Transmitted)/want)
	run.calls = counted.Receives + counted.Sends
	return nil
}

// cpuOfTraffic has a worker make its traffic, and returns the CPU time that it takes.
func cpuOfTraffic(worker *child) (time.Duration, error) {
	before, err := cpuTime(worker.pid())
	if err != nil {
		return 0, err
	}
	if err := worker.ask(scanOnce); err != nil {
		return 0, err
	}
	var a answer
	if err := worker.answer(&a); err != nil {
		return 0, err
	}
	after, err := cpuTime(worker.pid())
	return after - before, err
}

// startTCPTop starts the program of bcc that counts TCP by process, and waits until it does.
func startTCPTop(ctx context.Context) (*child, error) {
	path, err := exec.LookPath("tcptop-bpfcc")
	if err != nil {
		return nil, errors.New("bcc is not installed (Debian: bpfcc-tools, and the headers of the kernel)")
	}
	peer, err := start(ctx, nil, path, "-C", "1")
	if err != nil {
		return nil, err
	}
	// Its first line comes before it has compiled its programs, the next ones after that.
	for range 2 {
		if _, err := peer.out.ReadString('\n'); err != nil {
			return nil, fmt.Errorf("tcptop does not run here: %w%s", err, peer.complaint())
		}
	}
	return peer, nil
}

// trafficCount is what the exporter has counted of a process.
type trafficCount struct {
	Received    float64 `json:"received_bytes"`
	Transmitted float64 `json:"transmitted_bytes"`
	Receives    float64 `json:"received_operations"`
	Sends       float64 `json:"transmitted_operations"`
}

// trafficOf asks the exporter for the network of a process.
func (s *server) trafficOf(ctx context.Context, pid int) (*trafficCount, error) {
	body, err := s.get(ctx, "/api/v1/processes?sort=network_transmitted_bytes&limit=100", "application/json")
	if err != nil {
		return nil, err
	}
	var list struct {
		Data struct {
			Processes []struct {
				PID     int
				Network *trafficCount
			}
		}
	}
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, fmt.Errorf("answer of the exporter: %w", err)
	}
	for _, p := range list.Data.Processes {
		if p.PID == pid && p.Network != nil {
			return p.Network, nil
		}
	}
	return nil, errors.New("the exporter cannot count the network here (docs/network.md)")
}

func (b *bench) showNetwork(run *networkRun) {
	b.report.heading("Network: %s", run.load.what)
	var rows [][]string
	for _, way := range []string{wayNone, wayOwn, wayTCP} {
		if why := run.missing[way]; why != "" {
			rows = append(rows, []string{way, why, "–", "–"})
			continue
		}
		each := func(d time.Duration) string {
			return fmt.Sprintf("%.2f", float64(d.Nanoseconds())/1e3/float64(run.load.count))
		}
		all := ratios(run.cpu[way], run.cpu[wayNone])
		rows = append(rows, []string{
			way, each(median(run.cpu[way])), fmt.Sprintf("%.3f", median(all)),
			spread(all, func(r float64) string { return fmt.Sprintf("%.2f", r) }),
		})
	}
	b.report.table([]string{"counted by", "CPU µs for a write and its read", "÷ nothing counts", "of each round"}, rows)
}

// perCall is how much longer a call takes, in ns: the median over the rounds.
func (run *networkRun) perCall() float64 {
	var more []float64
	for i := range min(len(run.cpu[wayOwn]), len(run.cpu[wayNone])) {
		more = append(more, float64((run.cpu[wayOwn][i]-run.cpu[wayNone][i]).Nanoseconds())/max(run.calls, 1))
	}
	return median(more)
}

func (run *networkRun) targets() []target {
	what := func(text string) string { return strings.Join([]string{run.load.what, text}, ": ") }
	if why := run.missing[wayOwn]; why != "" {
		return []target{notMeasured(what("cost of counting"), why)}
	}
	ratio := median(ratios(run.cpu[wayOwn], run.cpu[wayNone]))
	all := []target{atMost(what("bytes counted ÷ sent or received, off by"), run.wrong, mostWrong, "%.6f")}
	switch {
	case run.load.size >= 64<<10:
		all = append(all, atMost(what("CPU ÷ nothing counts"), ratio, mostBulk, "%.3f"))
	case run.load.protocol == "tcp":
		all = append(all, atMost(what("CPU ÷ nothing counts"), ratio, mostSmall, "%.3f"), atMost(what("more per call"), run.perCall(), mostPerCall, "%.0f ns"))
	default:
		all = append(all, atMost(what("more per call"), run.perCall(), mostPerCall, "%.0f ns"))
	}
	return all
}
