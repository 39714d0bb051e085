package plugin

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"syscall"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"proctree/dashboards/live-datasource/pkg/discovery"
	"proctree/dashboards/live-datasource/pkg/exporter"
	"proctree/dashboards/live-datasource/pkg/history"
	"proctree/dashboards/live-datasource/pkg/outbound"
)

// explain says in a sentence why something failed, for anybody in the organisation: no
// address, and nothing that a server wrote. The log has the whole error.
func explain(err error) string {
	server := "The exporter"
	if failed := new(outbound.ServerError); errors.As(err, &failed) {
		server = failed.Server
	}
	switch {
	case errors.Is(err, discovery.ErrUnknown):
		return "This instance is none of the exporters that are known; look at the label instance of the targets."
	case errors.Is(err, discovery.ErrAmbiguous):
		return "Several exporters have this instance; give each a label instance of its own."
	case errors.Is(err, history.ErrNothing):
		return "Prometheus has no processes of this host at that time, and there is no recording of it."
	case errors.Is(err, errNoPast):
		return "The exporter has no recording of that time, and no Prometheus is configured: let the time range end now."
	case errors.Is(err, errNoCourse):
		return "The exporter has no recording of this process in that time."
	case errors.Is(err, exporter.ErrNotRecorded):
		return "The exporter has no recording of that time."
	default:
		return server + " " + failure(err) + "."
	}
}

// failure says what is wrong with a server.
func failure(err error) string {
	var (
		status      *outbound.StatusError
		certificate *tls.CertificateVerificationError
		name        *net.DNSError
	)
	switch {
	case errors.Is(err, outbound.ErrForbidden):
		return "is at an address that may not be asked"
	case errors.Is(err, outbound.ErrTooSlow), errors.Is(err, context.DeadlineExceeded):
		return "does not answer in time"
	case errors.Is(err, outbound.ErrTooLarge):
		return "answers more than the bound allows"
	case errors.Is(err, outbound.ErrMalformed):
		return "does not answer as one does; perhaps something else listens there"
	case errors.As(err, &status):
		return status.Error()
	case errors.As(err, &certificate):
		return "has a certificate that is not trusted"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refuses the connection; perhaps it does not run"
	case errors.As(err, &name):
		return "has a name that cannot be resolved"
	default:
		return "cannot be reached; Grafana's log says why"
	}
}

// status is the closest HTTP status, by which Grafana sorts errors.
func status(err error) backend.Status {
	switch {
	case errors.Is(err, discovery.ErrUnknown), errors.Is(err, history.ErrNothing), errors.Is(err, exporter.ErrNotRecorded):
		return backend.StatusNotFound
	case errors.Is(err, outbound.ErrForbidden):
		return backend.StatusForbidden
	case errors.Is(err, outbound.ErrTooSlow), errors.Is(err, context.DeadlineExceeded):
		return backend.StatusTimeout
	default:
		return backend.StatusBadGateway
	}
}
