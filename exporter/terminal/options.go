package terminal

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// defaultURL is where an exporter of this host listens by default.
const defaultURL = "http://localhost:10056"

// options say which exporter to ask, and how.
type options struct {
	url                string
	tokenFile          string
	user, passwordFile string
	caFile             string
	certFile, keyFile  string
	serverName         string
	insecure           bool
	timeout            time.Duration
	// dial replaces the network.
	dial Dial
}

// target is the address of an exporter, checked.
type target struct {
	// base is what the paths of the API are added to.
	base *url.URL
	// socket is the path of a Unix socket; empty for a network address.
	socket string
	shown  string
}

func parseTarget(address string) (*target, error) {
	if path, ok := strings.CutPrefix(address, "unix://"); ok {
		if !strings.HasPrefix(path, "/") {
			return nil, fmt.Errorf("--url: %q: must be the absolute path of a socket, such as unix:///run/proctree.sock", address)
		}
		return &target{base: &url.URL{Scheme: "http", Host: "localhost"}, socket: path, shown: address}, nil
	}
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("--url: must be an address such as http://web1:10056, https://web1:10056 or unix:///run/proctree.sock")
	case u.User != nil:
		return nil, errors.New("--url: no user and password here, where every account of this host can see them; use --user and --password-file")
	case u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("--url: must be an address without ? and #; use --search, --sort and the other flags")
	}
	return &target{base: u, shown: u.Redacted()}, nil
}

// transport returns what carries the requests.
func (o *options) transport(to *target) (*http.Transport, error) {
	security, err := o.tls()
	if err != nil {
		return nil, err
	}
	dial := o.dial
	if to.socket != "" {
		dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", to.socket)
		}
	}
	t := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           dial,
		TLSClientConfig:       security,
		TLSHandshakeTimeout:   o.timeout,
		ResponseHeaderTimeout: o.timeout,
	}
	if dial == nil {
		t.DialContext = (&net.Dialer{Timeout: o.timeout}).DialContext
	} else {
		t.Proxy = nil
	}
	return t, nil
}

// tls reads the certificates.
func (o *options) tls() (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: o.serverName, InsecureSkipVerify: o.insecure}
	if o.caFile != "" {
		pem, err := os.ReadFile(o.caFile)
		if err != nil {
			return nil, fmt.Errorf("--tls-ca-file: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("--tls-ca-file: %s holds no certificate in PEM", o.caFile)
		}
	}
	if (o.certFile == "") != (o.keyFile == "") {
		return nil, errors.New("--tls-cert-file and --tls-key-file go together")
	}
	if o.certFile != "" {
		pair, err := tls.LoadX509KeyPair(o.certFile, o.keyFile)
		if err != nil {
			return nil, fmt.Errorf("--tls-cert-file, --tls-key-file: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

// tokenVariable is a variable of the environment that holds a token.
const tokenVariable = "PROCTREE_TOKEN"

// authorization returns the header that says who asks; empty is nobody. The files are read each
// time, so that a new token holds at the next connection.
func (o *options) authorization() (string, error) {
	switch {
	case o.user != "" && o.passwordFile == "":
		return "", errors.New("--user: set --password-file, too")
	case o.user == "" && o.passwordFile != "":
		return "", errors.New("--password-file: set --user, too")
	case o.user != "":
		password, err := readSecret("--password-file", o.passwordFile)
		if err != nil {
			return "", err
		}
		r := &http.Request{Header: http.Header{}}
		r.SetBasicAuth(o.user, password)
		return r.Header.Get("Authorization"), nil
	}
	token := os.Getenv(tokenVariable)
	if o.tokenFile != "" {
		var err error
		if token, err = readSecret("--token-file", o.tokenFile); err != nil {
			return "", err
		}
	}
	if token == "" {
		return "", nil
	}
	if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		// The error must not repeat what may be a secret.
		return "", fmt.Errorf("the token in %s is not one word; give the secret alone, as --api.new-token printed it", o.tokenSource())
	}
	return "Bearer " + token, nil
}

func (o *options) tokenSource() string {
	if o.tokenFile != "" {
		return o.tokenFile
	}
	return tokenVariable
}

// maxSecretBytes bounds a file with a secret: a wrong path may name anything.
const maxSecretBytes = 4096

func readSecret(flag, path string) (string, error) {
	data, err := os.ReadFile(path)
	switch {
	case err != nil:
		return "", fmt.Errorf("%s: %w", flag, err)
	case len(data) > maxSecretBytes:
		return "", fmt.Errorf("%s: %s has more than %d bytes; give a file that holds only the secret", flag, path, maxSecretBytes)
	}
	secret := strings.TrimSpace(string(data))
	if secret == "" {
		return "", fmt.Errorf("%s: %s is empty", flag, path)
	}
	return secret, nil
}

// warnings say what is unsafe about the options.
func (o *options) warnings(to *target) []string {
	var list []string
	if secret, err := o.authorization(); err == nil && secret != "" && to.base.Scheme == "http" && to.socket == "" && !isLoopback(to.base.Hostname()) {
		list = append(list, "the token or password goes to "+to.shown+" without encryption; use https")
	}
	if o.insecure {
		list = append(list, "--tls-skip-verify: anybody in between can read and change everything")
	}
	return list
}

func isLoopback(name string) bool {
	ip := net.ParseIP(name)
	return name == "localhost" || ip != nil && ip.IsLoopback()
}
