package main

import (
	"crypto/tls"
	"errors"
	"net/http"
	"strings"

	"github.com/prometheus/exporter-toolkit/web"
	"go.yaml.in/yaml/v3"

	"proctree/tree-api/access"
)

// parseFront reads --web.config.file, which says what exporter-toolkit asks of every caller
// before a request gets here: it returns what a caller may see who has got through. The
// toolkit reads the file itself, so its own check comes first.
func parseFront(path string, text []byte) (access.Role, error) {
	if err := web.Validate(path); err != nil {
		return access.None, errors.New(strings.Join(strings.Fields(err.Error()), " "))
	}
	front, err := readFrontFile(text)
	if err != nil || !front.closed() {
		return access.None, err
	}
	return access.Operator, nil
}

// frontFile is the part of --web.config.file that says who gets through.
type frontFile struct {
	Users map[string]string `yaml:"basic_auth_users"`
	TLS   struct {
		ClientAuth string `yaml:"client_auth_type"`
	} `yaml:"tls_server_config"`
}

func readFrontFile(text []byte) (f frontFile, err error) {
	if err := yaml.Unmarshal(text, &f); err != nil {
		return f, syntaxError(err)
	}
	return f, nil
}

// closed reports whether nobody gets through without a password or a certificate that is
// verified.
func (f frontFile) closed() bool {
	return len(f.Users) > 0 || f.TLS.ClientAuth == tls.RequireAndVerifyClientCert.String()
}

// controllers returns the users of the section "control" whose passwords the server in front
// checks. Where it only checks certificates, a caller can claim any name.
func (c *configuration) controllers() map[string]bool {
	list := make(map[string]bool)
	for user := range c.control.Users() {
		if _, ok := c.front.Users[user]; ok {
			list[user] = true
		}
	}
	return list
}

// guard closes the tree when the front door has been opened since its file was loaded: the
// toolkit reads the file anew at each request, and nobody else asks who is calling.
func (e *exporter) guard(next http.Handler) http.Handler {
	path := *e.settings.web.WebConfigFile
	if path == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if e.current.Load().access.FrontRole != access.None && !e.isStillClosed(path, r) {
			http.Error(w, "the users were taken out of --web.config.file: reload the exporter", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isStillClosed also reports whether the password of a controller is still asked for.
func (e *exporter) isStillClosed(path string, r *http.Request) bool {
	text, err := e.files.files.read(path)
	if err != nil {
		return false
	}
	front, err := readFrontFile(text)
	if err != nil || !front.closed() {
		return false
	}
	user, _, _ := r.BasicAuth()
	_, asked := front.Users[user]
	return asked || !e.policy().Controllers[user]
}
