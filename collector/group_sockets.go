package collector

import (
	"proctree/collector/host/sockets"
	"proctree/collector/process"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// GroupSockets is the collector that needs Options.Sockets.
const GroupSockets = "group_sockets"

// SocketReader finds the sockets of the processes of one snapshot. It has to be safe for
// concurrent use.
type SocketReader interface {
	Read(processes []*process.Process) *sockets.Result
}

// socketCounts counts by protocol and state.
type socketCounts [sockets.NumProtocols][sockets.NumStates]int

// groupSockets counts the sockets of each group.
type groupSockets struct {
	reader SocketReader
	count  *prometheus.Desc
	unread *prometheus.Desc
}

func newGroupSockets(o Options) Collector {
	return groupSockets{
		reader: o.Sockets,
		count: ofGroup().desc("sockets",
			"TCP and UDP sockets of the group's processes. A socket that several processes inherited counts once. A UDP socket is "+
				"established if it has a peer, otherwise listening.", "protocol", "state"),
		unread: hostDesc("sockets_unread_processes",
			"Processes whose sockets are unknown: there was no time yet to read their descriptors, or the kernel refused."),
	}
}

// Describe implements Collector.
func (c groupSockets) Describe(out chan<- *prometheus.Desc) {
	out <- c.count
	out <- c.unread
}

// Collect implements Collector.
func (c groupSockets) Collect(v *View, out chan<- prometheus.Metric) error {
	if c.reader == nil {
		return nil
	}
	result := c.reader.Read(v.Snapshot.Processes)
	counts := c.countByGroup(v, result)
	for i := range v.groups {
		g := &v.groups[i]
		n := counts[g.of.Name]
		if n == nil {
			// No process of it could be read. A group without processes has no sockets.
			if g.of.Processes() > 0 {
				continue
			}
			n = &socketCounts{}
		}
		for p := range sockets.NumProtocols {
			labels := insert(g.labels, pair("protocol", sockets.Protocol(p).String()))
			for s := range sockets.NumStates {
				state := pair("state", sockets.State(s).String())
				out <- &metric{desc: c.count, labels: insert(labels, state), kind: prometheus.GaugeValue, value: float64(n[p][s])}
			}
		}
	}
	out <- &metric{desc: c.unread, labels: []*dto.LabelPair{}, kind: prometheus.GaugeValue, value: float64(result.Unread)}
	return nil
}

// countByGroup counts each socket once per group.
func (c groupSockets) countByGroup(v *View, result *sockets.Result) map[string]*socketCounts {
	type owned struct {
		group string
		inode uint64
	}
	seen := make(map[owned]bool)
	counts := make(map[string]*socketCounts)
	for i := range v.Snapshot.Processes {
		group, ok := v.GroupOf(i)
		found, known := result.ByProcess[v.Snapshot.Processes[i].ID]
		if !ok || !known {
			continue
		}
		if counts[group] == nil {
			counts[group] = &socketCounts{}
		}
		for _, s := range found {
			if at := (owned{group, s.Inode}); !seen[at] {
				seen[at] = true
				counts[group][s.Protocol][s.State]++
			}
		}
	}
	return counts
}
