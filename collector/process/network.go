package process

// Network is what a process sent and received through sockets of IPv4 and IPv6, since it started or
// since the exporter began to count, by protocol. Nil is nothing. A value is never changed: snapshots
// share it.
type Network struct{ TCP, UDP, Other Traffic }

// Traffic is what was sent and received by one protocol. Operations are calls that moved at least one
// byte.
type Traffic struct {
	ReceivedBytes, ReceivedOperations       uint64
	TransmittedBytes, TransmittedOperations uint64
}

// Total returns the sum over the protocols.
func (n *Network) Total() Traffic {
	if n == nil {
		return Traffic{}
	}
	return n.TCP.plus(n.UDP).plus(n.Other)
}

// Bytes returns those received and sent together.
func (n *Network) Bytes() uint64 {
	t := n.Total()
	return t.ReceivedBytes + t.TransmittedBytes
}

// Plus returns the sum of two.
func (n *Network) Plus(m *Network) *Network {
	switch {
	case m == nil:
		return n
	case n == nil:
		return m
	}
	return &Network{n.TCP.plus(m.TCP), n.UDP.plus(m.UDP), n.Other.plus(m.Other)}
}

// Since returns what was added after before, nil if nothing. A value that fell has not grown.
func (n *Network) Since(before *Network) *Network {
	switch {
	case n == nil || n == before:
		return nil
	case before == nil:
		return n
	}
	grown := Network{n.TCP.since(before.TCP), n.UDP.since(before.UDP), n.Other.since(before.Other)}
	if grown == (Network{}) {
		return nil
	}
	return &grown
}

// Max returns the larger of each value, and before itself if none has grown.
func (n *Network) Max(before *Network) *Network { return before.Plus(n.Since(before)) }

func (t Traffic) plus(u Traffic) Traffic {
	return Traffic{
		t.ReceivedBytes + u.ReceivedBytes, t.ReceivedOperations + u.ReceivedOperations,
		t.TransmittedBytes + u.TransmittedBytes, t.TransmittedOperations + u.TransmittedOperations,
	}
}

func (t Traffic) since(before Traffic) Traffic {
	return Traffic{
		grown(before.ReceivedBytes, t.ReceivedBytes), grown(before.ReceivedOperations, t.ReceivedOperations),
		grown(before.TransmittedBytes, t.TransmittedBytes), grown(before.TransmittedOperations, t.TransmittedOperations),
	}
}

func grown(before, now uint64) uint64 {
	if now < before {
		return 0
	}
	return now - before
}
