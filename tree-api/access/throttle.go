package access

import (
	"net/netip"
	"sync"
	"time"
)

const (
	// freeFailures are forgiven: people mistype.
	freeFailures = 5
	// firstDelay doubles with every further failure, up to maxDelay.
	firstDelay = time.Second
	maxDelay   = time.Minute
	// forgetAfter is when an address without further failures starts afresh.
	forgetAfter = 15 * time.Minute
	// maxAddresses bounds the memory.
	maxAddresses = 4096
)

// throttle slows wrong secrets down by the address they come from, so that they fill no log.
type throttle struct {
	mu        sync.Mutex
	byAddress map[netip.Prefix]failures
}

type failures struct {
	count int
	last  time.Time
}

func newThrottle() *throttle { return &throttle{byAddress: map[netip.Prefix]failures{}} }

// addressOf is what an attacker cannot change at will: an IPv4 address, or the /64 that
// an IPv6 host can choose its addresses from. All that is not an address is one.
func addressOf(remote string) netip.Prefix {
	parsed, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Prefix{}
	}
	address := parsed.Addr().Unmap().WithZone("")
	bits := 64
	if address.Is4() {
		bits = 32
	}
	prefix, err := address.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return prefix
}

// wait returns how long an address has to wait for its next attempt, 0 for not at all.
func (t *throttle) wait(from netip.Prefix, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return max(0, t.byAddress[from].until().Sub(now))
}

func (f failures) until() time.Time {
	if f.count <= freeFailures {
		return f.last
	}
	// Ten doublings are beyond maxDelay; more would overflow.
	delay := firstDelay << min(f.count-freeFailures-1, 10)
	return f.last.Add(min(delay, maxDelay))
}

// fail notes a failed attempt.
func (t *throttle) fail(from netip.Prefix, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f, ok := t.byAddress[from]
	if !ok {
		t.makeRoom(now)
	}
	if now.Sub(f.last) > forgetAfter {
		f.count = 0
	}
	t.byAddress[from] = failures{count: f.count + 1, last: now}
}

// makeRoom drops who is forgotten anyhow, and if that is not enough the one who has been
// quiet longest.
func (t *throttle) makeRoom(now time.Time) {
	if len(t.byAddress) < maxAddresses {
		return
	}
	var quiet netip.Prefix
	first := true
	for address, f := range t.byAddress {
		switch {
		case now.Sub(f.last) > forgetAfter:
			delete(t.byAddress, address)
		case first || f.last.Before(t.byAddress[quiet].last):
			quiet, first = address, false
		}
	}
	if len(t.byAddress) >= maxAddresses {
		delete(t.byAddress, quiet)
	}
}
