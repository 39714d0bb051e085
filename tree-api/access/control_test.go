package access_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"proctree/tree-api/access"
)

func controlOf(tb testing.TB, cfg access.Config) *access.Control {
	tb.Helper()
	control, err := access.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return control
}

// request comes from an address and asks for a host; the rest are names and values of
// headers.
func request(tb testing.TB, remote, host string, headers ...string) *http.Request {
	tb.Helper()
	r := httptest.NewRequestWithContext(tb.Context(), http.MethodGet, "/api/v1/tree", http.NoBody)
	r.RemoteAddr, r.Host = remote, host
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return r
}

// checkStatus holds that a request is granted (200) or refused with a status.
func checkStatus(tb testing.TB, control *access.Control, r *http.Request, want int) access.Grant {
	tb.Helper()
	grant, err := control.Authorize(r)
	status := http.StatusOK
	if refusal, ok := errors.AsType[*access.RefusalError](err); ok {
		status = refusal.Status
	} else if err != nil {
		tb.Fatalf("the error is no refusal: %v", err)
	}
	if status != want {
		tb.Errorf("from %s for %s with %v: %d (%v), want %d", r.RemoteAddr, r.Host, r.Header, status, err, want)
	}
	if status != http.StatusOK && grant.Role != access.None {
		tb.Errorf("refused, and yet granted %s", grant.Role)
	}
	return grant
}

// operator is what a caller on this host is who may see everything.
func operator(*http.Request) (access.Role, string) { return access.Operator, "root" }

func TestLoopbackAlone(t *testing.T) {
	control := controlOf(t, access.Config{Local: operator})
	const local = "127.0.0.1:4242"
	for _, test := range []struct {
		remote, host string
		headers      []string
		want         int
	}{
		{local, "localhost:10056", nil, 200},
		{local, "localhost", nil, 200},
		{local, "LocalHost.", nil, 200},
		{local, "tree.localhost:10056", nil, 200},
		{local, "127.0.0.1:10056", nil, 200},
		{"127.8.8.8:1", "127.0.0.1", nil, 200},
		{"[::1]:4242", "[::1]:10056", nil, 200},
		{"[::1]:4242", "[::1]", nil, 200},
		{"[::ffff:127.0.0.1]:4242", "localhost", nil, 200},
		{"192.0.2.7:4242", "localhost", nil, 403},
		{"[fe80::1]:4242", "localhost", nil, 403},
		{"0.0.0.0:4242", "localhost", nil, 403},
		{"@", "localhost", nil, 403},
		{"", "localhost", nil, 403},
		{local, "evil.example:10056", nil, 403},
		{local, "localhost.evil.example", nil, 403},
		{local, "localhost:99999", nil, 403},
		{local, "localhost:65535", nil, 200},
		{local, "localhost:", nil, 200},
		{local, "localhost:-1", nil, 403},
		{local, "localhost:http", nil, 403},
		{local, "127.0.0.1:65536", nil, 403},
		{local, "[::1]:99999", nil, 403},
		{local, "[::1", nil, 403},
		{local, "[127.0.0.1]", nil, 403},
		{local, "localhost]", nil, 403},
		{local, "127.0.0.1.evil.example", nil, 403},
		{local, "evillocalhost", nil, 403},
		{local, "192.0.2.7:10056", nil, 403},
		{local, "0.0.0.0:10056", nil, 403},
		{local, "", nil, 403},
		{local, "localhost", []string{"X-Forwarded-For", "127.0.0.1"}, 403},
		{local, "localhost", []string{"x-forwarded-for", ""}, 403},
		{local, "localhost", []string{"Forwarded", "for=127.0.0.1"}, 403},
		{local, "localhost", []string{"X-Real-IP", "192.0.2.7"}, 403},
		{local, "localhost", []string{"CF-Connecting-IP", "192.0.2.7"}, 403},
		{local, "localhost", []string{"Via", "1.1 proxy"}, 403},
		{local, "localhost:10056", []string{"Origin", "http://localhost:10056"}, 200},
		{local, "localhost:10056", []string{"Origin", "http://evil.example"}, 403},
		{local, "localhost:10056", []string{"Origin", "http://localhost:3000"}, 403},
		{local, "localhost:10056", []string{"Origin", "null"}, 403},
		{local, "localhost:10056", []string{"Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "cors"}, 200},
		{local, "localhost:10056", []string{"Sec-Fetch-Site", "none", "Sec-Fetch-Mode", "navigate"}, 200},
		{local, "localhost:10056", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, 200},
		{local, "localhost:10056", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors"}, 403},
		{local, "localhost:10056", []string{"Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "no-cors"}, 403},
	} {
		grant := checkStatus(t, control, request(t, test.remote, test.host, test.headers...), test.want)
		if test.want == http.StatusOK && grant.Role != access.Operator {
			t.Errorf("from %s for %s: role %s, want operator", test.remote, test.host, grant.Role)
		}
	}
}

func TestFrontHasAuthenticated(t *testing.T) {
	control := controlOf(t, access.Config{Policy: func() access.Policy { return access.Policy{FrontRole: access.Viewer} }})
	grant := checkStatus(t, control, request(t, "192.0.2.7:4242", "host.example"), http.StatusOK)
	if grant.Role != access.Viewer {
		t.Errorf("role %s, want viewer", grant.Role)
	}
	foreign := request(t, "192.0.2.7:4242", "host.example", "Origin", "https://evil.example")
	checkStatus(t, control, foreign, http.StatusForbidden)
}

func TestAllowedOrigins(t *testing.T) {
	control := controlOf(t, access.Config{AllowedOrigins: []string{"https://grafana.example:443/", "http://Dev.example:3000"}})
	for origin, want := range map[string]int{
		"https://grafana.example":     200,
		"http://dev.example:3000":     200,
		"http://grafana.example":      403,
		"https://grafana.example:444": 403,
		"http://dev.example":          403,
	} {
		checkStatus(t, control, request(t, "127.0.0.1:1", "localhost", "Origin", origin), want)
	}
}

func TestBadOrigins(t *testing.T) {
	for _, origin := range []string{"", "*", "null", "grafana.example", "https://", "ftp://x", "https://x/path", "https://x?q", "https://u@x", "https://x#f", "://"} {
		if _, err := access.New(access.Config{AllowedOrigins: []string{origin}}); err == nil {
			t.Errorf("the origin %q is accepted", origin)
		}
	}
}

// TestForwardingHeaders: by what its name says, whichever proxy sends it.
func TestForwardingHeaders(t *testing.T) {
	control := controlOf(t, access.Config{Local: operator})
	for _, name := range []string{
		"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Forwarded-Scheme",
		"X-Forwarded-Ssl", "X-Forwarded-User", "X-Forwarded", "Forwarded", "Forwarded-For", "X-Forward-For", "Via", "X-Via",
		"X-Real-Ip", "Real-Ip", "Client-Ip", "X-Client-Ip", "True-Client-Ip", "Fastly-Client-Ip", "X-Azure-Clientip", "X-Cluster-Client-Ip",
		"Cf-Connecting-Ip", "Cf-Connecting-Ipv6", "Cf-Ray", "Cf-Visitor", "Do-Connecting-Ip", "Cdn-Loop", "Cdn-Src-Ip", "Fly-Client-Ip",
		"Fly-Forwarded-Port", "Fastly-Ff", "Fastly-Ssl", "Ali-Cdn-Real-Ip", "Akamai-Origin-Hop", "X-Akamai-Edgescape", "X-Envoy-External-Address",
		"X-Envoy-Expected-Rq-Timeout-Ms", "X-Original-Url", "X-Original-Host", "X-Original-Forwarded-For", "X-Originating-Ip",
		"X-Proxyuser-Ip", "Proxy-Connection", "X-Remote-Ip", "X-Remote-Addr", "X-Amz-Cf-Id", "X-Amzn-Trace-Id", "X-Appengine-User-Ip",
		"X-Cloud-Trace-Context", "X-Arr-Log-Id", "X-Nginx-Proxy", "X-Varnish", "X-Sucuri-Clientip", "Incap-Client-Ip", "X-Rewrite-Url",
		"Front-End-Https", "Wl-Proxy-Client-Ip", "Tailscale-User-Login", "X-Auth-Request-User", "X-Host", "X-Scheme", "X_forwarded_for",
		"X-Grafana-User", "X-Authenticated-User", "X-Auth-User", "X-Ssl-Client-Dn", "X-User", "Ssl-Client-Cert", "X-Tailscale-User", "X-Coming-From",
	} {
		checkStatus(t, control, request(t, local, "localhost", name, "x"), http.StatusForbidden)
	}
	for _, name := range []string{
		"Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Cache-Control", "Connection", "Cookie", "Dnt", "If-None-Match",
		"Pragma", "Priority", "Referer", "Sec-Ch-Ua", "Sec-Ch-Ua-Platform", "Sec-Fetch-Dest", "Sec-Fetch-User", "Sec-Gpc",
		"Sec-Websocket-Key", "Sec-Websocket-Version", "Te", "Traceparent", "Upgrade", "Upgrade-Insecure-Requests", "User-Agent",
		"X-Prometheus-Scrape-Timeout-Seconds", "X-Requested-With", "X-Request-Id", "X-Grafana-Org-Id",
	} {
		checkStatus(t, control, request(t, local, "localhost", name, "x"), http.StatusOK)
	}
}

func TestHTTP10IsAProxys(t *testing.T) {
	r := request(t, local, "localhost")
	r.Proto, r.ProtoMinor = "HTTP/1.0", 0
	checkStatus(t, controlOf(t, access.Config{Local: operator}), r, http.StatusForbidden)
	files, viewer, _ := twoTokens(t)
	r.Header.Set("Authorization", "Bearer "+viewer)
	checkStatus(t, controlOf(t, access.Config{Policy: files.policy}), r, http.StatusOK)
}

// TestLocalRole: what the system shows the account of the caller, and a viewer where that
// cannot be known.
func TestLocalRole(t *testing.T) {
	for _, role := range []access.Role{access.Public, access.Viewer, access.Operator} {
		control := controlOf(t, access.Config{Local: func(*http.Request) (access.Role, string) { return role, "ann" }})
		if grant := checkStatus(t, control, request(t, local, "localhost"), http.StatusOK); grant.Role != role || !control.Holds(grant) {
			t.Errorf("role %d, want %d, which holds", grant.Role, role)
		}
		checkStatus(t, control, request(t, remote, "localhost"), http.StatusForbidden)
	}
	hidden := controlOf(t, access.Config{Local: func(*http.Request) (access.Role, string) { return access.None, "" }})
	checkStatus(t, hidden, request(t, local, "localhost"), http.StatusForbidden)
	if grant := checkStatus(t, controlOf(t, access.Config{}), request(t, local, "localhost"), http.StatusOK); grant.Role != access.Viewer {
		t.Errorf("role %s where nothing is known", grant.Role)
	}
}

// TestUnixSocket: a client that connects to one is on this host.
func TestUnixSocket(t *testing.T) {
	control := controlOf(t, access.Config{Local: operator})
	r := request(t, "@", "localhost")
	r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, &net.UnixAddr{Name: "/run/x", Net: "unix"}))
	checkStatus(t, control, r, http.StatusOK)
	r.Header.Set("Via", "1.1 proxy")
	checkStatus(t, control, r, http.StatusForbidden)
}

func TestCheckSite(t *testing.T) {
	files, _, _ := twoTokens(t)
	open, closed := controlOf(t, access.Config{}), controlOf(t, access.Config{Policy: files.policy})
	check := func(control *access.Control, r *http.Request, ok bool) {
		t.Helper()
		err := control.CheckSite(r)
		refusal, _ := errors.AsType[*access.RefusalError](err)
		if (err == nil) != ok || !ok && (refusal == nil || !refusal.Foreign || refusal.Status != http.StatusForbidden) {
			t.Errorf("from %s for %s by %s with %v: %v", r.RemoteAddr, r.Host, r.Proto, r.Header, err)
		}
	}
	for _, test := range []struct {
		control      *access.Control
		remote, host string
		origin       string
		ok           bool
	}{
		{open, local, "localhost", "", true},
		{open, local, "evil.example", "", false},
		{open, local, "evil.example", "http://evil.example", false},
		{open, local, "localhost", "http://evil.example", false},
		{open, remote, "host.example", "", true},
		{open, remote, "host.example", "http://evil.example", false},
		{closed, local, "host.example", "", true},
		{closed, local, "host.example", "http://evil.example", false},
	} {
		r := request(t, test.remote, test.host)
		if test.origin != "" {
			r.Header.Set("Origin", test.origin)
		}
		check(test.control, r, test.ok)
	}
	// What a proxy sends on is the request of somebody else. Remote callers and tokens need no
	// trust in the address.
	for _, test := range []struct {
		control *access.Control
		remote  string
		ok      bool
	}{{open, local, false}, {open, remote, true}, {closed, local, true}} {
		r := request(t, test.remote, "localhost")
		r.Proto, r.ProtoMajor, r.ProtoMinor = "HTTP/1.0", 1, 0
		check(test.control, r, test.ok)
		for _, name := range []string{"X-Forwarded-For", "Forwarded", "Via", "CDN-Loop", "X-Real-Ip", "True-Client-Ip", "X-Envoy-External-Address"} {
			r := request(t, test.remote, "localhost")
			r.Header.Set(name, "1")
			check(test.control, r, test.ok)
		}
	}
}

func TestRoles(t *testing.T) {
	for _, role := range []access.Role{access.Viewer, access.Operator} {
		if got, err := access.ParseRole(role.String()); got != role || err != nil {
			t.Errorf("%s: %v, %v", role, got, err)
		}
	}
	for _, name := range []string{"", "none", "admin", "Viewer"} {
		if role, err := access.ParseRole(name); err == nil {
			t.Errorf("%q is the role %s", name, role)
		}
	}
}

// TestCallers: each has a name of its own, and all that use one token the same.
func TestCallers(t *testing.T) {
	files, viewer, operator := twoTokens(t)
	control := controlOf(t, access.Config{Policy: files.policy, Local: func(r *http.Request) (access.Role, string) {
		return access.Public, r.RemoteAddr
	}})
	callers := map[string]string{}
	add := func(who string, r *http.Request) {
		t.Helper()
		grant := checkStatus(t, control, r, http.StatusOK)
		if other, ok := callers[grant.Caller]; ok || grant.Caller == "" {
			t.Errorf("%s and %s are both %q", who, other, grant.Caller)
		}
		callers[grant.Caller] = who
	}
	add("the viewer", request(t, remote, "h", "Authorization", "Bearer "+viewer))
	add("the operator", request(t, remote, "h", "Authorization", "Bearer "+operator))
	again := checkStatus(t, control, request(t, local, "h", "Authorization", "Bearer "+viewer), http.StatusOK)
	if callers[again.Caller] != "the viewer" {
		t.Errorf("the viewer's token from elsewhere is %q", again.Caller)
	}
	files.Tokens, files.FrontRole, files.FrontPasswords = nil, access.Viewer, true
	for _, user := range []string{"grafana", "ann"} {
		r := request(t, remote, "h")
		r.SetBasicAuth(user, "secret")
		add("user "+user, r)
	}
	files.FrontRole = access.None
	add("an account", request(t, local, "localhost"))
	add("another one", request(t, "127.0.0.1:9", "localhost"))
}

// TestGrantOfAUserEnds holds that a role of control.users ends with the list of users, also for a
// request that is on its way.
func TestGrantOfAUserEnds(t *testing.T) {
	with := access.Policy{FrontRole: access.Operator, FrontPasswords: true, Controllers: map[string]bool{"ann": true}}
	for name, then := range map[string]access.Policy{
		"no users any more":    {},
		"no controllers":       {FrontRole: access.Operator},
		"another controller":   {FrontRole: access.Operator, FrontPasswords: true, Controllers: map[string]bool{"bob": true}},
		"a role that is lower": {FrontRole: access.Viewer},
	} {
		policy := with
		control := controlOf(t, access.Config{Local: operator, Policy: func() access.Policy { return policy }})
		r := request(t, "192.0.2.1:4242", "web-1")
		r.SetBasicAuth("ann", "secret")
		grant := checkStatus(t, control, r, http.StatusOK)
		if grant.Role != access.Controller || !control.Holds(grant) {
			t.Fatalf("%s: the role is %s, holds %t", name, grant.Role, control.Holds(grant))
		}
		policy = then
		if control.Holds(grant) {
			t.Errorf("%s: the grant still holds", name)
		}
	}
}
