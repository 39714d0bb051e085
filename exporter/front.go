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
	closed, err := isClosed(text)
	if err != nil || !closed {
		return access.None, err
	}
	return access.Operator, nil
}

// isClosed reports whether nobody gets through who has not shown who he is: with a password
// or with a certificate that is verified.
func isClosed(text []byte) (bool, error) {
	var door struct {
		Users map[string]string `yaml:"basic_auth_users"`
		TLS   struct {
			ClientAuth string `yaml:"client_auth_type"`
		} `yaml:"tls_server_config"`
	}
	if err := yaml.Unmarshal(text, &door); err != nil {
		return false, syntaxError(err)
	}
	return len(door.Users) > 0 || door.TLS.ClientAuth == tls.RequireAndVerifyClientCert.String(), nil
}

// guard closes the tree when the front door has been opened since its file was loaded: the
// toolkit reads the file anew at each request, and nobody else asks who is calling.
func (e *exporter) guard(next http.Handler) http.Handler {
	path := *e.settings.web.WebConfigFile
	if path == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if e.current.Load().access.FrontRole != access.None && !e.isStillClosed(path) {
			http.Error(w, "the users were taken out of --web.config.file: reload the exporter", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (e *exporter) isStillClosed(path string) bool {
	text, err := e.files.files.read(path)
	if err != nil {
		return false
	}
	closed, err := isClosed(text)
	return err == nil && closed
}
