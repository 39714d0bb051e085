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
	const proxy = "X-Forwarded-For"
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
		{local, "box.corp.example", []string{"Origin", "https://box.corp.example", "Sec-Fetch-Site", "same-origin"}, 200},
		{remote, "10.0.0.1:10056", nil, 200},
		{remote, "any.example", []string{"Origin", "https://any.example"}, 200},
		// A proxy on this host that ends TLS: the scheme is not known here.
		{local, "tree.example", []string{proxy, "192.0.2.7", "Origin", "https://tree.example"}, 200},
		{local, "tree.example:8443", []string{proxy, "192.0.2.7", "Origin", "https://tree.example:8443"}, 200},

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
		{local, "tree.example:8443", []string{proxy, "192.0.2.7", "Origin", "https://tree.example"}, 403},
		{local, "tree.example", []string{proxy, "192.0.2.7", "Origin", "https://evil.example"}, 403},
	} {
		r := request(t, test.remote, test.host, append(test.headers, "Authorization", "Bearer "+secret)...)
		if got := changeStatus(t, control, r); got != test.want {
			t.Errorf("from %s for %q with %q: %d, want %d", test.remote, test.host, test.headers, got, test.want)
		}
	}
}

// TestWhoMayChange: only a controller, and nobody because of where or by what means the caller
// comes.
func TestWhoMayChange(t *testing.T) {
	files, viewer, operator := twoTokens(t)
	policy, controller := controllerTokens(t)
	front := access.Policy{FrontRole: access.Operator, Controllers: map[string]bool{"ann": true}}
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
