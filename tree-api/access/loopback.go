package access

import (
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
)

// checkLocal returns a *RefusalError unless the request comes from this host, and to it,
// with nothing in between.
func checkLocal(r *http.Request) error {
	if !isLocal(r) {
		return forbidden("the process tree is shown to this host alone, as there are no tokens and no users")
	}
	// Some proxies add no header, but speak HTTP/1.0 to what is behind them (nginx, by
	// default). Browsers and clients of today do not.
	if !r.ProtoAtLeast(1, 1) {
		return foreign("the process tree is shown to this host alone, and HTTP/1.0 is what proxies speak")
	}
	for name := range r.Header {
		if isForwarding(name) {
			return foreign("the process tree is shown to this host alone, and " + name + " says that a proxy is in between")
		}
	}
	return checkHost(r)
}

// isLocal reports whether the connection comes from this host: from an address of loopback,
// or over a Unix socket.
func isLocal(r *http.Request) bool {
	if local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok && local.Network() == "unix" {
		return true
	}
	address, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && address.Addr().Unmap().IsLoopback()
}

// checkHost returns a *RefusalError for a foreign name in Host: a web page made its own name
// point here (DNS rebinding).
func checkHost(r *http.Request) error {
	if isLoopbackHost(r.Host) {
		return nil
	}
	return foreign("the process tree is shown to this host alone, and Host is not a name of loopback")
}

// isLoopbackHost reports whether the value of a Host header, with or without a port, is
// an address of loopback or a name that always is one (RFC 6761, section 6.3).
func isLoopbackHost(hostport string) bool {
	name := hostport
	if host, port, err := net.SplitHostPort(hostport); err == nil {
		// A port may be empty (RFC 3986, section 3.2.3).
		if _, err := strconv.ParseUint(port, 10, 16); err != nil && port != "" {
			return false
		}
		if name = host; strings.Contains(host, ":") {
			name = "[" + host + "]"
		}
	}
	if inner, ok := strings.CutPrefix(name, "["); ok {
		inner, ok = strings.CutSuffix(inner, "]")
		address, err := netip.ParseAddr(inner)
		return ok && err == nil && address.Is6() && address.Unmap().IsLoopback()
	}
	name = strings.TrimSuffix(strings.ToLower(name), ".")
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	address, err := netip.ParseAddr(name)
	return err == nil && address.Unmap().IsLoopback()
}
