package settings

import (
	"fmt"
	"net/netip"
	"strings"
)

// Hosts is a list of hosts: names, *.DOMAIN, addresses and networks. The empty list admits
// every host.
type Hosts struct {
	names    []string
	networks []netip.Prefix
}

func readHosts(list []string) (Hosts, error) {
	var h Hosts
	for _, text := range list {
		text = strings.ToLower(strings.TrimSpace(text))
		if text == "" {
			continue
		}
		if network, err := netip.ParsePrefix(text); err == nil {
			h.networks = append(h.networks, network.Masked())
		} else if address, err := netip.ParseAddr(text); err == nil {
			h.networks = append(h.networks, netip.PrefixFrom(address, address.BitLen()))
		} else if strings.ContainsAny(strings.TrimPrefix(text, "*."), "*/:@ ") {
			return Hosts{}, fmt.Errorf("allowedHosts: must be a name, *.DOMAIN, an address or a network, not %q", text)
		} else {
			h.names = append(h.names, text)
		}
	}
	return h, nil
}

// Empty says whether the list is, and every host is admitted.
func (h Hosts) Empty() bool { return len(h.names) == 0 && len(h.networks) == 0 }

// AdmitsName says whether the list names a host. A host that it does not name may still
// have an address that it admits.
func (h Hosts) AdmitsName(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	for _, name := range h.names {
		domain, wild := strings.CutPrefix(name, "*")
		if host == name || wild && strings.HasSuffix(host, domain) && len(host) > len(domain) {
			return true
		}
	}
	return false
}

// AdmitsAddress says whether an address is in one of the networks.
func (h Hosts) AdmitsAddress(address netip.Addr) bool {
	address = address.Unmap()
	for _, network := range h.networks {
		if network.Contains(address) {
			return true
		}
	}
	return false
}
