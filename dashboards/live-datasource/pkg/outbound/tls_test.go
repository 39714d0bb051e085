package outbound

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"proctree/dashboards/live-datasource/pkg/settings"
)

// read makes settings of what an administrator may write.
func read(t *testing.T, extra string, secure map[string]string) settings.Settings {
	t.Helper()
	s, err := settings.Read(backend.DataSourceInstanceSettings{
		JSONData:                []byte(`{"discovery":"static","targets":["a:1"]` + extra + `}`),
		DecryptedSecureJSONData: secure,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func hosts(t *testing.T, list string) settings.Hosts {
	t.Helper()
	return read(t, `,"allowedHosts":[`+list+`]`, nil).AllowedHosts
}

func TestCredentialsAreSent(t *testing.T) {
	tests := map[string]struct {
		extra  string
		secure map[string]string
		want   string
	}{
		"none":  {"", nil, ""},
		"token": {"", map[string]string{"exporterToken": "s3cret"}, "Bearer s3cret"},
		"basic": {`,"exporterUser":"grafana"`, map[string]string{"exporterPassword": "pw"}, "Basic Z3JhZmFuYTpwdw=="},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := "nothing was asked"
			server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				got = r.Header.Get("Authorization")
			}))
			defer server.Close()
			c := client(t, read(t, test.extra, test.secure).Exporter)
			if err := c.Get(t.Context(), parse(t, server.URL), all); err != nil || got != test.want {
				t.Errorf("error %v, Authorization %q, want %q", err, got, test.want)
			}
		})
	}
}

func TestCertificates(t *testing.T) {
	cert, key := certificate(t)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if len(r.TLS.PeerCertificates) != 1 || r.TLS.PeerCertificates[0].Subject.CommonName != "grafana" {
			t.Errorf("client certificates %v", r.TLS.PeerCertificates)
		}
	}))
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM([]byte(cert))
	server.TLS = &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: trusted}
	server.StartTLS()
	defer server.Close()
	ca := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))

	get := func(extra string, secure map[string]string) error {
		return client(t, read(t, extra, secure).Exporter).Get(t.Context(), parse(t, server.URL), all)
	}
	all := map[string]string{"exporterCa": ca, "exporterCert": cert, "exporterKey": key}
	if err := get("", all); err != nil {
		t.Errorf("with everything: %v", err)
	}
	if err := get(`,"exporterSkipVerify":true`, map[string]string{"exporterCert": cert, "exporterKey": key}); err != nil {
		t.Errorf("without verification: %v", err)
	}
	unknown := get("", map[string]string{"exporterCert": cert, "exporterKey": key})
	if failed := new(tls.CertificateVerificationError); !errors.As(unknown, &failed) {
		t.Errorf("without the authority: %v", unknown)
	}
	other := get(`,"exporterServerName":"other.test"`, all)
	if failed := new(tls.CertificateVerificationError); !errors.As(other, &failed) {
		t.Errorf("under another name: %v", other)
	}
	if err := get("", map[string]string{"exporterCa": ca}); err == nil {
		t.Error("without the client's certificate: no error")
	}
}

// certificate makes one that signs itself.
func certificate(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "grafana"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, IsCA: true, BasicConstraintsValid: true,
	}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	bytes, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	block := func(kind string, bytes []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes}))
	}
	return block("CERTIFICATE", signed), block("EC PRIVATE KEY", bytes)
}

func TestStatusErrorsTellWhatToDo(t *testing.T) {
	for code, want := range map[int]string{
		302: "answers 302, a redirect, which is not followed",
		401: "refuses the credentials (401 Unauthorized)",
		503: "answers 503 Service Unavailable",
	} {
		if got := fmt.Sprint(&StatusError{code}); got != want {
			t.Errorf("%d: %q, want %q", code, got, want)
		}
	}
}
