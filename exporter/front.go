package main

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"os"

	"go.yaml.in/yaml/v3"

	"proctree/tree-api/access"
)

// frontDoor is --web.config.file, the path of what exporter-toolkit asks of every caller
// before a request gets here; "" asks nothing.
type frontDoor string

// role is what a caller may see who has got through.
func (f frontDoor) role() (access.Role, error) {
	closed, err := f.closed()
	if err != nil || !closed {
		return access.None, err
	}
	return access.Operator, nil
}

// closed reports whether nobody gets through who has not shown who he is: with a password
// or with a certificate that is verified.
func (f frontDoor) closed() (bool, error) {
	if f == "" {
		return false, nil
	}
	text, err := os.ReadFile(string(f))
	if err != nil {
		return false, fmt.Errorf("--web.config.file: %w", err)
	}
	var door struct {
		Users map[string]string `yaml:"basic_auth_users"`
		TLS   struct {
			ClientAuth string `yaml:"client_auth_type"`
		} `yaml:"tls_server_config"`
	}
	if err := yaml.Unmarshal(text, &door); err != nil {
		return false, fmt.Errorf("--web.config.file: %s: %w", string(f), syntaxError(err))
	}
	return len(door.Users) > 0 || door.TLS.ClientAuth == tls.RequireAndVerifyClientCert.String(), nil
}

// guard closes the tree when the door that was closed at the start has been opened since:
// the toolkit reads its file anew at each request, and nobody else asks who is calling.
func (f frontDoor) guard(next http.Handler) http.Handler {
	if closed, err := f.closed(); err != nil || !closed {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if closed, err := f.closed(); err != nil || !closed {
			http.Error(w, "the users were taken out of --web.config.file: restart the exporter", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}
