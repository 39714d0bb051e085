package control

import (
	"strings"
	"testing"
	"time"
)

func TestCSRFTokenHoldsOnce(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	c := newCSRF()
	token := c.issue("session a", "host:1", now)
	for _, test := range []struct {
		name, token, subject, host string
		at                         time.Time
		want                       bool
	}{
		{"another subject", token, "session b", "host:1", now, false},
		{"another host", token, "session a", "evil:1", now, false},
		{"parts moved", token, "session ahost", ":1", now, false},
		{"too late", token, "session a", "host:1", now.Add(csrfLifetime), false},
		{"empty", "", "session a", "host:1", now, false},
		{"cut", token[:len(token)-2], "session a", "host:1", now, false},
		{"changed", strings.Repeat("A", 8) + token[8:], "session a", "host:1", now, false},
		{"of another run", newCSRF().issue("session a", "host:1", now), "session a", "host:1", now, false},
		{"right", token, "session a", "host:1", now.Add(csrfLifetime - time.Second), true},
		{"again", token, "session a", "host:1", now.Add(csrfLifetime - time.Second), false},
	} {
		if got := c.spend(test.token, test.subject, test.host, test.at); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
	later := now.Add(time.Hour)
	c.spend(c.issue("session a", "host:1", later), "session a", "host:1", later)
	if len(c.used) != 1 {
		t.Errorf("%d nonces are kept", len(c.used))
	}
}

func TestLimiter(t *testing.T) {
	l, now := newLimiter(), time.Unix(1_000_000, 0)
	for range burst {
		if wait := l.take("a", now); wait != 0 {
			t.Fatalf("wait %v", wait)
		}
	}
	if wait := l.take("a", now); wait != time.Second {
		t.Errorf("after the burst: wait %v", wait)
	}
	if wait := l.take("b", now); wait != 0 {
		t.Errorf("another caller: wait %v", wait)
	}
	for range perSecond {
		if wait := l.take("a", now.Add(time.Second)); wait != 0 {
			t.Errorf("a second later: wait %v", wait)
		}
	}
	if wait := l.take("a", now.Add(time.Second)); wait == 0 {
		t.Error("a third request in a second")
	}
}
