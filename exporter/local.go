package main

import (
	"context"
	"net"
	"net/http"
	"sync"

	"github.com/go-kit/log/level"

	"proctree/collector/host/peer"
	"proctree/tree-api/access"
)

// callerKey is where the context of a request has its *caller.
type callerKey struct{}

// caller is who is at the other end of a connection. The owner of a socket does not change,
// so it is found out once, and only if somebody wants to know.
type caller struct {
	once    sync.Once
	conn    net.Conn
	account peer.Account
}

// withCaller is http.Server.ConnContext.
func withCaller(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, callerKey{}, &caller{conn: conn})
}

// localRole is access.Config.Local: a caller on this host gets what the system shows to the
// account of that caller, and a viewer's role where the system cannot tell.
func (e *exporter) localRole(r *http.Request) (role access.Role, account string) {
	c, ok := r.Context().Value(callerKey{}).(*caller)
	if !ok {
		return access.Public, ""
	}
	c.once.Do(func() {
		var err error
		c.account, err = peer.Of(c.conn, peer.Config{
			ProcPath: e.settings.procPath,
			// What comes by a pinned iterator was given to this program, not to its account.
			Privileged: e.settings.bpfPin != "",
		})
		if err != nil {
			level.Debug(e.loggers.root).Log("msg", "the owner of a connection is unknown", "remote", r.RemoteAddr, "err", err)
		}
	})
	return roleOf(c.account.Sight), c.account.Name
}

func roleOf(sight peer.Sight) access.Role {
	switch sight {
	case peer.All:
		return access.Operator
	case peer.Public:
		return access.Public
	case peer.Nothing:
		return access.None
	}
	return access.Viewer
}
