package access_test

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"net/http"
	"testing"

	"proctree/tree-api/access"
)

// changeStatus returns the status of a request that changes something, 200 if it may.
func changeStatus(tb testing.TB, control *access.Control, r *http.Request) int {
	tb.Helper()
	_, err := control.AuthorizeChange(r, "Box.corp.example")
	if refusal, ok := errors.AsType[*access.RefusalError](err); ok {
		return refusal.Status
	}
	if err != nil {
		tb.Fatalf("the error is no refusal: %v", err)
	}
	return http.StatusOK
}

// controllerTokens returns a policy with a controller's token, and its secret.
func controllerTokens(tb testing.TB) (policy access.Policy, secret string) {
	tb.Helper()
	secret, entry, err := access.NewToken("ann", access.Controller)
	if err != nil {
		tb.Fatal(err)
	}
	tokens, err := access.ParseTokens([]byte("tokens:\n" + entry))
	if err != nil {
		tb.Fatal(err)
	}
	return access.Policy{Tokens: tokens}, secret
}

// TestChangesByOriginAndHost: the forms of Host and Origin that are the page's own, and those
// that are not, also where the configuration lets another origin read.
func TestChangesByOriginAndHost(t *testing.T) {
	policy, secret := controllerTokens(t)
	control := controlOf(t, access.Config{Policy: func() access.Policy { return policy }, AllowedOrigins: []string{"https://grafana.example"}})
	for _, test := range []struct {
		remote, host string
		headers      []string
		want         int
	}{
		{local, "localhost:10056", nil, 200},
		{local, "LOCALHOST:10056", []string{"Origin", "http://localhost:10056"}, 200},
		{local, "127.0.0.1", []string{"Origin", "http://127.0.0.1"}, 200},
		{local, "127.0.0.1:80", []string{"Origin", "http://127.0.0.1"}, 200},
		{local, "[::1]:10056", []string{"Origin", "http://[::1]:10056"}, 200},
		{local, "[::1]", []string{"Origin", "http://[::1]"}, 200},
		{local, "box", nil, 200},
		{local, "BOX:10056", []string{"Origin", "http://box:10056"}, 200},
		{local, "box.corp.example:10056", nil, 200},
		{local, "box.corp.example", []string{"Origin", "http://box.corp.example", "Sec-Fetch-Site", "same-origin"}, 200},
		{remote, "10.0.0.1:10056", nil, 200},
		{remote, "any.example", []string{"Origin", "http://any.example"}, 200},
		{local, "localhost:10056", []string{"X-Forwarded-For", "192.0.2.7"}, 200},

		{local, "evil.example", nil, 403},
		{local, "evil.example", []string{"Origin", "http://evil.example", "Sec-Fetch-Site", "same-origin"}, 403},
		{local, "box.evil.example", nil, 403},
		{local, "localhost.evil.example", nil, 403},
		{local, "10.0.0.1:10056", nil, 403},
		{local, "", nil, 403},
		{local, "corp.example", nil, 403},
		{local, "localhost:10056", []string{"Origin", "null"}, 403},
		{local, "localhost:10056", []string{"Origin", "http://localhost"}, 403},
		{local, "localhost:10056", []string{"Origin", "http://localhost:3000"}, 403},
		{local, "localhost:10056", []string{"Origin", "http://127.0.0.1:10056"}, 403},
		{local, "localhost:10056", []string{"Origin", "https://grafana.example"}, 403},
		{local, "localhost:10056", []string{"Origin", "localhost:10056"}, 403},
		{local, "localhost:10056", []string{"Origin", "file://"}, 403},
		{local, "localhost:10056", []string{"Origin", "http://localhost:10056.evil.example"}, 403},
		{local, "localhost:10056", []string{"Sec-Fetch-Site", "same-site"}, 403},
		{local, "localhost:10056", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, 403},
		{local, "localhost:10056", []string{"Sec-Fetch-Site", "Same-Origin"}, 403},
		{remote, "any.example", []string{"Origin", "http://any.example:8080"}, 403},
		// The same host with another scheme or port is another program.
		{local, "localhost:10056", []string{"Origin", "https://localhost:10056"}, 403},
		{local, "localhost:443", []string{"Origin", "https://localhost"}, 403},
		{remote, "any.example", []string{"Origin", "https://any.example"}, 403},
		{remote, "any.example:10056", []string{"Origin", "https://any.example:10056"}, 403},
		// A page can add any of these headers to its request.
		{local, "evil.example", []string{"X-Forwarded-For", "192.0.2.7"}, 403},
		{local, "evil.example", []string{"X-Real-IP", "192.0.2.7", "Origin", "http://evil.example"}, 403},
		{local, "evil.example", []string{"Forwarded", "for=192.0.2.7", "Via", "1.1 evil"}, 403},
		{local, "tree.example", []string{"X-Forwarded-For", "192.0.2.7", "X-Forwarded-Proto", "https", "Origin", "https://tree.example"}, 403},
	} {
		r := request(t, test.remote, test.host, append(test.headers, "Authorization", "Bearer "+secret)...)
		if got := changeStatus(t, control, r); got != test.want {
			t.Errorf("from %s for %q with %q: %d, want %d", test.remote, test.host, test.headers, got, test.want)
		}
	}
}

// TestChangesBehindAProxy: --web.external-url names the pages that may act, and no header does.
func TestChangesBehindAProxy(t *testing.T) {
	policy, secret := controllerTokens(t)
	for _, test := range []struct {
		external, remote, host, origin string
		tls                            bool
		want                           int
	}{
		{"https://tree.example", local, "tree.example", "https://tree.example", false, 200},
		{"https://tree.example", local, "tree.example", "", false, 200},
		{"https://Tree.example:443/proctree/", local, "TREE.example:443", "https://tree.example", false, 200},
		{"https://tree.example", remote, "tree.example", "https://tree.example", false, 200},
		{"https://tree.example:8443", local, "tree.example:8443", "https://tree.example:8443", false, 200},
		{"http://tree.example", local, "tree.example", "http://tree.example", false, 200},
		// The proxy puts its own name for this host into Host.
		{"https://tree.example", local, "127.0.0.1:10056", "https://tree.example", false, 200},
		{"https://tree.example", remote, "box:10056", "https://tree.example", false, 200},
		// Past the proxy.
		{"https://tree.example", local, "localhost:10056", "http://localhost:10056", false, 200},
		{"https://tree.example", remote, "box:10056", "http://box:10056", false, 200},
		{"https://tree.example", remote, "box:10056", "https://box:10056", true, 200},

		{"https://tree.example", local, "tree.example", "http://tree.example", false, 403},
		{"https://tree.example", local, "tree.example", "https://tree.example:8443", false, 403},
		{"https://tree.example", local, "tree.example:8443", "https://tree.example:8443", false, 403},
		{"https://tree.example", local, "evil.example", "http://evil.example", false, 403},
		{"https://tree.example", local, "evil.example", "", false, 403},
		{"https://tree.example", local, "tree.example", "https://evil.tree.example", false, 403},
		{"https://tree.example", local, "localhost:10056", "https://localhost:10056", false, 403},
		{"", remote, "box:10056", "http://box:10056", true, 403},
		{"", remote, "box:10056", "https://box:10056", true, 200},
	} {
		external, err := access.ParseExternal(test.external)
		if err != nil {
			t.Fatal(err)
		}
		control := controlOf(t, access.Config{Policy: func() access.Policy { return policy }, External: external})
		r := request(t, test.remote, test.host, "Authorization", "Bearer "+secret)
		if test.origin != "" {
			r.Header.Set("Origin", test.origin)
		}
		if test.tls {
			r.TLS = &tls.ConnectionState{}
		}
		if got := changeStatus(t, control, r); got != test.want {
			t.Errorf("%+v: %d", test, got)
		}
	}
	for _, bad := range []string{"tree.example", "https://", "ftp://tree.example", "https://ann@tree.example", "https://tree.example/?a=b", "https://tree.example#a", "https://tree.example:x", "://"} {
		if origin, err := access.ParseExternal(bad); err == nil {
			t.Errorf("%q is %q", bad, origin)
		}
	}
}

// TestIdentify: only a name that was verified is the name of a caller, whatever else is wrong with
// the request.
func TestIdentify(t *testing.T) {
	files, viewer, operator := twoTokens(t)
	passwords := access.Policy{FrontRole: access.Operator, FrontPasswords: true}
	certificates := access.Policy{FrontRole: access.Operator}
	basic := func(headers ...string) *http.Request {
		r := request(t, local, "localhost", headers...)
		r.SetBasicAuth("ann", "secret")
		return r
	}
	verified := func(r *http.Request) *http.Request {
		leaf := &x509.Certificate{Subject: pkix.Name{CommonName: "scraper"}}
		r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{leaf}, VerifiedChains: [][]*x509.Certificate{{leaf}}}
		return r
	}
	claimed := basic()
	claimed.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{{Subject: pkix.Name{CommonName: "scraper"}}}}
	for _, test := range []struct {
		name   string
		policy access.Policy
		r      *http.Request
		want   string
	}{
		{"a user whose password is checked", passwords, basic(), "ann"},
		{"a user and a certificate", passwords, verified(basic()), "ann"},
		{"a user name, where only certificates are checked", certificates, verified(basic()), "CN=scraper"},
		{"a certificate", certificates, verified(request(t, local, "localhost")), "CN=scraper"},
		{"a certificate that was not verified", certificates, claimed, ""},
		{"a user name, where nobody checks it", access.Policy{}, verified(basic()), ""},
		{"a user name, where only tokens count", files.policy(), basic(), ""},
		{"a token", files.policy(), request(t, local, "localhost", "Authorization", "Bearer "+viewer), "grafana"},
		{"a token, from a page of another site", files.policy(), request(t, local, "evil.example", "Authorization", "Bearer "+operator, "Origin", "https://evil.example"), "ann"},
		{"a token that is not known", files.policy(), request(t, local, "localhost", "Authorization", "Bearer x"), ""},
		{"two tokens", files.policy(), request(t, local, "localhost", "Authorization", "Bearer "+viewer, "Authorization", "Bearer "+operator), ""},
		{"nobody", files.policy(), request(t, local, "localhost"), ""},
	} {
		control := controlOf(t, access.Config{Policy: func() access.Policy { return test.policy }})
		if got := control.Identify(test.r).Who(); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	// The name that is claimed does not tell callers apart who share what there is, either.
	control := controlOf(t, access.Config{Policy: func() access.Policy { return certificates }})
	checkStatus(t, control, claimed, http.StatusForbidden)
	if grant := checkStatus(t, control, verified(basic()), http.StatusOK); grant.Caller != "certificate CN=scraper" {
		t.Errorf("the caller is %q", grant.Caller)
	}
}

// TestWhoMayChange: only a controller, and nobody because of where or by what means the caller
// comes.
func TestWhoMayChange(t *testing.T) {
	files, viewer, operator := twoTokens(t)
	policy, controller := controllerTokens(t)
	front := access.Policy{FrontRole: access.Operator, FrontPasswords: true, Controllers: map[string]bool{"ann": true}}
	certificate := func(r *http.Request) *http.Request {
		r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{{Subject: pkix.Name{CommonName: "ann"}}}}
		return r
	}
	user := func(name string) *http.Request {
		r := request(t, local, "localhost")
		r.SetBasicAuth(name, "secret")
		return r
	}
	root := func(*http.Request) (access.Role, string) { return access.Operator, "root" }
	for _, test := range []struct {
		name   string
		policy access.Policy
		r      *http.Request
		want   int
	}{
		{"root on this host, where nobody needs a token", access.Policy{}, request(t, local, "localhost"), 403},
		{"a user, where nobody asks for the password", access.Policy{Controllers: front.Controllers}, user("ann"), 403},
		{"nobody", policy, request(t, local, "localhost"), 401},
		{"a viewer", files.policy(), request(t, local, "localhost", "Authorization", "Bearer "+viewer), 403},
		{"an operator", files.policy(), request(t, local, "localhost", "Authorization", "Bearer "+operator), 403},
		{"a controller of another file", files.policy(), request(t, local, "localhost", "Authorization", "Bearer "+controller), 401},
		{"a controller", policy, request(t, local, "localhost", "Authorization", "Bearer "+controller), 200},
		{"the scheme in lower case", policy, request(t, local, "localhost", "Authorization", "bearer "+controller), 200},
		{"the token as a password", policy, request(t, local, "localhost", "Authorization", "Basic "+controller), 401},
		{"a user with a password, where only tokens count", policy, user("ann"), 401},
		{"a user who is named", front, user("ann"), 200},
		{"a user who is not", front, user("bob"), 403},
		{"the name in other case", front, user("Ann"), 403},
		{"no name", front, user(""), 403},
		{"a certificate with the name of a controller", front, certificate(request(t, local, "localhost")), 403},
		{"a certificate where no user is named", access.Policy{FrontRole: access.Operator}, certificate(request(t, local, "localhost")), 403},
		{"a certificate and a claimed name", access.Policy{FrontRole: access.Operator}, certificate(user("ann")), 403},
	} {
		control := controlOf(t, access.Config{Policy: func() access.Policy { return test.policy }, Local: root})
		if got := changeStatus(t, control, test.r); got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
	}
}
