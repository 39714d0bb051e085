package access

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// forwardingHeaders are set by proxies: the caller behind one is not on this host, even
// where the proxy is. A proxy that sets none of them cannot be told from a local caller.
var forwardingHeaders = []string{
	"Forwarded", // RFC 7239
	"Via",       // RFC 9110, section 7.6.3
	"X-Forwarded-For",
	"X-Forwarded-Host",
	"X-Forwarded-Proto",
	"X-Forwarded-Server",
	"X-Real-Ip",
	"X-Client-Ip",
	"True-Client-Ip",
	"Cf-Connecting-Ip",
}

// checkLoopback returns a *RefusalError unless the request comes from this host, and to it:
// a foreign name in Host means that a web page made its own name point here (DNS
// rebinding).
func checkLoopback(r *http.Request) error {
	address, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !address.Addr().Unmap().IsLoopback() {
		return forbidden("the process tree is shown to this host alone, as there are no tokens and no users")
	}
	for _, name := range forwardingHeaders {
		if _, ok := r.Header[name]; ok {
			return forbidden("the process tree is shown to this host alone, and " + name + " says that a proxy is in between")
		}
	}
	if !isLoopbackHost(r.Host) {
		return forbidden("the process tree is shown to this host alone, and Host is not a name of loopback")
	}
	return nil
}

// isLoopbackHost reports whether the value of a Host header, with or without a port, is
// an address of loopback or a name that always is one (RFC 6761, section 6.3).
func isLoopbackHost(hostport string) bool {
	name := hostport
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		name = host
	}
	name = strings.TrimSuffix(strings.ToLower(name), ".")
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	address, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return err == nil && address.Unmap().IsLoopback()
}
