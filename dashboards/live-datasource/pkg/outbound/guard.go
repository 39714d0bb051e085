package outbound

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"

	"proctree/dashboards/live-datasource/pkg/settings"
)

// guard decides about addresses when a connection is made, after the name was resolved: a
// name that changes its address between a check and the connection gains nothing.
type guard struct{ hosts settings.Hosts }

func (g guard) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("address: %w", err)
	}
	named := g.hosts.Empty() || g.hosts.AdmitsName(host)
	dialer := net.Dialer{
		Timeout: 10 * time.Second,
		Control: func(_, resolved string, _ syscall.RawConn) error { return g.check(resolved, named) },
	}
	return dialer.DialContext(ctx, network, address)
}

func (g guard) check(resolved string, named bool) error {
	at, err := netip.ParseAddrPort(resolved)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrForbidden, err)
	}
	address := at.Addr().Unmap().WithZone("")
	if neverAnExporter(address) {
		return fmt.Errorf("%w: no exporter listens on such an address", ErrForbidden)
	}
	if !named && !g.hosts.AdmitsAddress(address) {
		return fmt.Errorf("%w: it is not among the allowed hosts", ErrForbidden)
	}
	return nil
}

// awsMetadata is the one metadata service of a cloud that is not link-local.
var awsMetadata = netip.MustParseAddr("fd00:ec2::254")

// neverAnExporter says whether an address is link-local, where clouds have the services that
// give away a machine's credentials, or can be no server's.
func neverAnExporter(a netip.Addr) bool {
	return a.IsLinkLocalUnicast() || a.IsMulticast() || a.IsUnspecified() || a == awsMetadata
}
