package main

import (
	"crypto/tls"
	"errors"
	"net/http"
	"path/filepath"
	"strings"

	"github.com/prometheus/exporter-toolkit/web"
	"go.yaml.in/yaml/v3"

	"proctree/tree-api/access"
)

// parseFront reads --web.config.file, which says what exporter-toolkit asks of every caller
// before a request gets here: it returns what a caller may see who has got through. The
// toolkit reads the file itself, so its own check comes first.
func parseFront(path string, text []byte) (access.Role, error) {
	front, err := readFrontFile(text)
	if err != nil {
		return access.None, err
	}
	// The toolkit would wait for a named pipe as long as nobody writes to it.
	for _, file := range front.files(path) {
		if err := statRegular(file); err != nil {
			return access.None, err
		}
	}
	if err := web.Validate(path); err != nil {
		return access.None, errors.New(strings.Join(strings.Fields(err.Error()), " "))
	}
	if !front.closed() {
		return access.None, nil
	}
	return access.Operator, nil
}

// frontFile is the part of --web.config.file that says who gets through.
type frontFile struct {
	Users map[string]string `yaml:"basic_auth_users"`
	TLS   struct {
		ClientAuth string `yaml:"client_auth_type"`
		Cert       string `yaml:"cert_file"`
		Key        string `yaml:"key_file"`
		ClientCAs  string `yaml:"client_ca_file"`
	} `yaml:"tls_server_config"`
}

func readFrontFile(text []byte) (f frontFile, err error) {
	if err := yaml.Unmarshal(text, &f); err != nil {
		return f, syntaxError(err)
	}
	return f, nil
}

// files are the files that this one names. A relative path starts at the folder of the file
// itself, as exporter-toolkit has it.
func (f frontFile) files(path string) (list []string) {
	for _, file := range []string{f.TLS.Cert, f.TLS.Key, f.TLS.ClientCAs} {
		switch {
		case file == "":
		case filepath.IsAbs(file):
			list = append(list, file)
		default:
			list = append(list, filepath.Join(filepath.Dir(path), file))
		}
	}
	return list
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
// toolkit reads the file at each request, and nobody else asks who is calling.
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

// isStillClosed also reports whether passwords are still asked for, and that of a controller: where
// they are not, a name in a request is only claimed.
func (e *exporter) isStillClosed(path string, r *http.Request) bool {
	text, err := e.files.files.read(path)
	if err != nil {
		return false
	}
	front, err := readFrontFile(text)
	if err != nil || !front.closed() {
		return false
	}
	if e.policy().FrontPasswords && len(front.Users) == 0 {
		return false
	}
	user, _, _ := r.BasicAuth()
	_, asked := front.Users[user]
	return asked || !e.policy().Controllers[user]
}
