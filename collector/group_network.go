package collector

import (
	"proctree/collector/process"
)

// GroupNetwork and ProcessNetwork are the collectors whose values are counted only if one of them is
// enabled.
const (
	GroupNetwork   = "group_network"
	ProcessNetwork = "process_network"
)

// trafficParts are the series of one value of the traffic of a subject, by protocol.
func trafficParts[T any](of func(*T) *process.Network, value func(*process.Traffic) uint64) []part[T] {
	one := func(protocol string, traffic func(*process.Network) *process.Traffic) part[T] {
		return labeled(protocol, process.HasNetwork, func(v *T) float64 {
			n := of(v)
			if n == nil {
				return 0
			}
			return float64(value(traffic(n)))
		})
	}
	return []part[T]{
		one("tcp", func(n *process.Network) *process.Traffic { return &n.TCP }),
		one("udp", func(n *process.Network) *process.Traffic { return &n.UDP }),
		one("other", func(n *process.Network) *process.Traffic { return &n.Other }),
	}
}

func networkFamilies[T any](s scope[T], whose, since string, of func(*T) *process.Network) []family[T] {
	const absent = " Absent unless the kernel lets the exporter count (see docs/network.md)."
	return []family[T]{
		counters(s, "network_received_bytes_total",
			"Bytes that "+whose+" received through sockets of IPv4 and IPv6, without headers"+since+absent,
			"protocol", trafficParts(of, func(t *process.Traffic) uint64 { return t.ReceivedBytes })...),
		counters(s, "network_received_operations_total",
			"Calls by which "+whose+" received at least one byte through sockets of IPv4 and IPv6"+since+absent,
			"protocol", trafficParts(of, func(t *process.Traffic) uint64 { return t.ReceivedOperations })...),
		counters(s, "network_transmitted_bytes_total",
			"Bytes that "+whose+" sent through sockets of IPv4 and IPv6, without headers and repetitions"+since+absent,
			"protocol", trafficParts(of, func(t *process.Traffic) uint64 { return t.TransmittedBytes })...),
		counters(s, "network_transmitted_operations_total",
			"Calls by which "+whose+" sent at least one byte through sockets of IPv4 and IPv6"+since+absent,
			"protocol", trafficParts(of, func(t *process.Traffic) uint64 { return t.TransmittedOperations })...),
	}
}

func newGroupNetwork(Options) Collector {
	return groupFamilies(networkFamilies(ofGroup(), "the group's processes", ", those that have exited included.",
		func(g *groupView) *process.Network { return g.Network }))
}
