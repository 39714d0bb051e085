//go:build linux

package e2e

import (
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// crashes is the recorded series for which a process has to crash, and be seen doing so.
const crashes = "instance_group:proctree_group_crashes:increase30m"

// withoutData are the recorded series that this host need not have, by the query that is true
// where it does not.
var withoutData = map[string]string{
	"instance:proctree_system_swap:ratio":                       `proctree_system_memory_SwapTotal_bytes == 0`,
	"instance_resource:proctree_system_pressure_waiting:rate5m": `up unless on (instance) proctree_system_pressure_cpu_waiting_seconds_total`,
	"instance_group:proctree_group_cpu_throttled:ratio_rate5m":  `absent(proctree_group_cpu_cfs_periods_total)`,
	"instance_group:proctree_group_memory_wait:rate5m":          `absent(proctree_group_delay_seconds_total)`,
	crashes: `proctree_reader_info{exits="children"}`,
}

// recorded checks that every recording rule yields data from the real exporter.
func (c *chain) recorded() {
	c.t.Helper()
	// It has to be waited for: a zombie has not ended yet, for the exporter.
	if err := exec.Command(program(c.t, "e2e-crasher", "ulimit -c 0; kill -SEGV $$")).Run(); err == nil {
		c.t.Fatal("the crasher did not crash")
	}
	names := slices.DeleteFunc(c.recordedNames(), func(name string) bool {
		reason, ok := withoutData[name]
		absent := ok && len(c.query(reason)) > 0
		if absent {
			c.t.Logf("NOT TESTED: %s, for it is true here that %s", name, reason)
		}
		return absent
	})
	begin := time.Now()
	without, last := names, names
	for len(without) > 0 && time.Since(begin) < patience {
		last = without
		without = slices.DeleteFunc(slices.Clone(without), func(name string) bool {
			return len(c.query("{__name__="+strconv.Quote(name)+"}")) > 0
		})
		time.Sleep(200 * time.Millisecond)
	}
	c.t.Logf("%5.1f s for data of %d recorded series, last of %v", time.Since(begin).Seconds(), len(names), last)
	for _, name := range without {
		c.t.Errorf("no data for %s", name)
	}
}

// recordedNames returns the names of all recorded series.
func (c *chain) recordedNames() []string {
	c.t.Helper()
	var names []string
	for _, path := range ruleFiles(c.t) {
		text, err := os.ReadFile(path)
		if err != nil {
			c.t.Fatal(err)
		}
		var file struct {
			Groups []struct {
				Rules []struct{ Record string }
			}
		}
		if err := yaml.Unmarshal(text, &file); err != nil {
			c.t.Fatal(err)
		}
		for _, group := range file.Groups {
			for _, rule := range group.Rules {
				// Names without a colon are metrics of hosts with the namespace node.
				if strings.Contains(rule.Record, ":") {
					names = append(names, rule.Record)
				}
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
