//go:build linux

package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// appsPluginPath is where Debian's netdata packages put the collector of processes.
const appsPluginPath = "/usr/lib/netdata/plugins.d/apps.plugin"

// appsPlugin is netdata's collector of processes, run by hand: it prints once a second.
type appsPlugin struct {
	*child
	iterations chan time.Duration // CPU used, at the end of each iteration

	mu  sync.Mutex
	cpu map[string]float64 // seconds by group, since the start
}

// startAppsPlugin runs it with the stock groups, or with those given in its own syntax.
func startAppsPlugin(ctx context.Context, dir, groups string, args ...string) (*appsPlugin, error) {
	stock := "/usr/lib/netdata/conf.d"
	user := stock
	if groups != "" {
		user = dir
		if err := os.WriteFile(filepath.Join(dir, "apps_groups.conf"), []byte(groups), 0o600); err != nil {
			return nil, fmt.Errorf("groups of apps.plugin: %w", err)
		}
	}
	env := []string{"NETDATA_USER_CONFIG_DIR=" + user, "NETDATA_STOCK_CONFIG_DIR=" + stock}
	c, err := start(ctx, env, appsPluginPath, append([]string{"1"}, args...)...)
	if err != nil {
		return nil, err
	}
	a := &appsPlugin{child: c, iterations: make(chan time.Duration, 1), cpu: map[string]float64{}}
	go a.read()
	return a, nil
}

// read follows the plugin's output (netdata's external plugin protocol). An iteration
// begins its output with BEGIN netdata.apps_cpu.
func (a *appsPlugin) read() {
	var chart string
	var interval float64
	for {
		line, err := a.out.ReadString('\n')
		if err != nil {
			return
		}
		fields := strings.Fields(line)
		switch {
		case len(fields) >= 2 && fields[0] == "BEGIN":
			chart = fields[1]
			microseconds, _ := strconv.ParseFloat(fields[len(fields)-1], 64)
			interval = microseconds / 1e6
			if chart == "netdata.apps_cpu" {
				a.iterated()
			}
		case chart == "apps.cpu" && len(fields) >= 4 && fields[0] == "SET":
			// A dimension is in ten thousandths of a percent of one CPU.
			value, _ := strconv.ParseFloat(fields[len(fields)-1], 64)
			a.mu.Lock()
			a.cpu[strings.Join(fields[1:len(fields)-2], " ")] += value / 1e6 * interval
			a.mu.Unlock()
		}
	}
}

// iterated reports the CPU clock to the code that waits.
func (a *appsPlugin) iterated() {
	cpu, err := cpuTime(a.pid())
	if err != nil {
		return
	}
	select {
	case a.iterations <- cpu:
	default:
	}
}

// seconds returns the CPU seconds it has shown by group so far.
func (a *appsPlugin) seconds() map[string]float64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.cpu)
}

// pause stops it between its measurements, so that it does not disturb the others.
func (a *appsPlugin) pause() error  { return a.cmd.Process.Signal(syscall.SIGSTOP) }
func (a *appsPlugin) resume() error { return a.cmd.Process.Signal(syscall.SIGCONT) }

// measured is how many iterations one sample spans.
const measured = 2

// measure lets it run and takes the mean of whole iterations, after one that does not count.
func (a *appsPlugin) measure(ctx context.Context) (sample, error) {
	select { // an iteration that ended before it was paused
	case <-a.iterations:
	default:
	}
	if err := a.resume(); err != nil {
		return sample{}, fmt.Errorf("apps.plugin: %w", err)
	}
	var first, last time.Duration
	var began time.Time
	for i := range measured + 1 {
		select {
		case last = <-a.iterations:
		case <-time.After(scrapeTimeout):
			return sample{}, fmt.Errorf("apps.plugin prints nothing%s", a.complaint())
		case <-ctx.Done():
			return sample{}, ctx.Err()
		}
		if i == 0 {
			first, began = last, time.Now()
		}
	}
	if err := a.pause(); err != nil {
		return sample{}, fmt.Errorf("apps.plugin: %w", err)
	}
	return sample{cpu: (last - first) / measured, wall: time.Since(began) / measured}, nil
}

// end kills it, for it may be paused.
func (a *appsPlugin) end() {
	_ = a.cmd.Process.Kill()
	_ = a.in.Close()
	_ = a.cmd.Wait()
}
