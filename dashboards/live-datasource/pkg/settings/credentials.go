package settings

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// Credentials is how to sign in at a server, and how to know it.
type Credentials struct {
	// Token is sent as a bearer token.
	Token string
	// User and Password are sent as basic authentication.
	User, Password string
	// TLS has the certificates; never nil.
	TLS *tls.Config
}

// readCredentials reads the fields whose names begin with exporter, prometheus and httpSd.
func (s *Settings) readCredentials(from backend.DataSourceInstanceSettings) error {
	var err error
	if s.Exporter, err = readCredentials("exporter", from); err != nil {
		return err
	}
	if s.Prometheus, err = readCredentials("prometheus", from); err != nil {
		return err
	}
	s.HTTPSD, err = readCredentials("httpSd", from)
	return err
}

func readCredentials(prefix string, from backend.DataSourceInstanceSettings) (Credentials, error) {
	public := map[string]any{}
	if len(from.JSONData) > 0 {
		if err := json.Unmarshal(from.JSONData, &public); err != nil {
			return Credentials{}, fmt.Errorf("jsonData: %w", err)
		}
	}
	secret := func(name string) string { return from.DecryptedSecureJSONData[prefix+name] }
	text := func(name string) string { value, _ := public[prefix+name].(string); return value }
	skip, _ := public[prefix+"SkipVerify"].(bool)
	c := Credentials{
		Token:    secret("Token"),
		User:     text("User"),
		Password: secret("Password"),
		TLS: &tls.Config{
			MinVersion: tls.VersionTLS12,
			ServerName: text("ServerName"),
			// An administrator may ask for this where certificates cannot be had.
			InsecureSkipVerify: skip,
		},
	}
	if c.Token != "" && (c.User != "" || c.Password != "") {
		return Credentials{}, fmt.Errorf("%sToken: given beside a user and password; choose one", prefix)
	}
	if c.Password != "" && c.User == "" {
		return Credentials{}, fmt.Errorf("%sUser: missing for the password", prefix)
	}
	return c, readCertificates(prefix, secret, c.TLS)
}

// readCertificates adds an authority and a client certificate, all of them PEM texts.
func readCertificates(prefix string, secret func(string) string, config *tls.Config) error {
	if ca := secret("Ca"); ca != "" {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM([]byte(ca)) {
			return fmt.Errorf("%sCa: must be a certificate in PEM", prefix)
		}
	}
	cert, key := secret("Cert"), secret("Key")
	if cert == "" && key == "" {
		return nil
	}
	pair, err := tls.X509KeyPair([]byte(cert), []byte(key))
	if err != nil {
		// The cause could quote the key.
		return errors.New(prefix + "Cert, " + prefix + "Key: must be a PEM certificate and the key that belongs to it")
	}
	config.Certificates = []tls.Certificate{pair}
	return nil
}
