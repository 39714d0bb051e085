package bpf

import (
	"errors"
	"fmt"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
	"golang.org/x/sys/unix"

	"proctree/collector/process"
)

// Networked is what a living process has sent and received since the counting began, and which process
// it is: its number in the initial PID namespace and its start in ns since the boot.
type Networked = exitsNetworked

// Traffic is that of one process by protocol.
type Traffic = exitsNetwork

// Network returns the values as a process has them, nil if all are 0.
func (n *exitsNetwork) Network() *process.Network {
	of := process.Network{TCP: trafficOf(&n.Tcp), UDP: trafficOf(&n.Udp), Other: trafficOf(&n.Other)}
	if of == (process.Network{}) {
		return nil
	}
	return &of
}

func trafficOf(t *exitsTraffic) process.Traffic {
	return process.Traffic{
		ReceivedBytes: t.ReceivedBytes, ReceivedOperations: t.ReceivedCalls,
		TransmittedBytes: t.TransmittedBytes, TransmittedOperations: t.TransmittedCalls,
	}
}

// maxNetworked is how many living processes can have sent or received something (MAX_NETWORKED).
const maxNetworked = 65_536

// Network counts what processes send and receive through sockets of IPv4 and IPv6. Not safe for
// concurrent use.
type Network struct {
	collection *ebpf.Collection
	links      []link.Link
	networks   *ebpf.Map
	batch      batch[uint64, Networked]
	// way names where it is counted, for logs and tests.
	way string
	// uncounted is the kernel's counter at the last Lost.
	uncounted uint64
}

// The ways to count, the best first: the programs of network.bpf.c, all of which a way needs.
var networkWays = []struct {
	name     string
	programs []string
}{
	{"tracepoints", []string{"send_length", "recv_length"}}, // Linux 6.3
	{"functions", []string{"inet_sent", "inet6_sent", "inet_received", "inet6_received"}},
}

// CountNetwork starts to count, or returns why it cannot. What an ended process sent and received is in
// its account. It needs CAP_BPF and CAP_PERFMON.
func (e *Exits) CountNetwork() (*Network, error) {
	var failed []error
	for i := range networkWays {
		n, err := e.countNetwork(i)
		if err == nil {
			return n, nil
		}
		failed = append(failed, fmt.Errorf("%s: %w", networkWays[i].name, err))
	}
	return nil, errors.Join(failed...)
}

func (e *Exits) countNetwork(way int) (*Network, error) {
	spec, err := loadNetwork()
	if err != nil {
		return nil, fmt.Errorf("read the embedded BPF object: %w", err)
	}
	programs := make(map[string]*ebpf.ProgramSpec)
	for _, name := range networkWays[way].programs {
		programs[name] = spec.Programs[name]
	}
	spec.Programs = programs
	spec.Maps[networkMapNetworks].MaxEntries = e.objects.Networks.MaxEntries()
	options := ebpf.CollectionOptions{MapReplacements: map[string]*ebpf.Map{networkMapNetworks: e.objects.Networks}}
	collection, err := ebpf.NewCollectionWithOptions(spec, options)
	if errors.Is(err, unix.EPERM) && raiseMemlock() {
		collection, err = ebpf.NewCollectionWithOptions(spec, options)
	}
	if err != nil {
		return nil, fmt.Errorf("load BPF programs: %w", err)
	}
	n := &Network{collection: collection, networks: e.objects.Networks, batch: newBatch[uint64, Networked](), way: networkWays[way].name}
	for _, name := range networkWays[way].programs {
		attached, err := link.AttachTracing(link.TracingOptions{Program: collection.Programs[name]})
		if err != nil {
			return nil, errors.Join(fmt.Errorf("attach %s: %w", name, err), n.Close())
		}
		n.links = append(n.links, attached)
	}
	if err := e.set(e.objects.CountsNetwork, 1); err != nil {
		return nil, errors.Join(err, n.Close())
	}
	return n, nil
}

// Read hands over what each living process has sent and received, if that is anything. The value is
// valid only during the call.
func (n *Network) Read(each func(*Networked)) error {
	if err := n.batch.read(n.networks, func(_ *uint64, of *Networked) { each(of) }); err != nil {
		return fmt.Errorf("read what processes send and receive: %w", err)
	}
	return nil
}

// Lost returns how many calls were not counted since the last time.
func (n *Network) Lost() uint64 {
	before := n.uncounted
	moved(n.collection.Variables[networkVarUncounted], &n.uncounted)
	return n.uncounted - before
}

// Close ends the counting.
func (n *Network) Close() error {
	var errs []error
	for _, attached := range n.links {
		errs = append(errs, attached.Close())
	}
	n.collection.Close()
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close the counting of the network: %w", err)
	}
	return nil
}
