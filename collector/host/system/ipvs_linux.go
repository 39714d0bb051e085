package system

import (
	"encoding/hex"
	"net/netip"
	"strconv"
	"strings"
)

// ipvs reads the kernel's load balancer (net/netfilter/ipvs/ip_vs_ctl.c).
func (r *reader) ipvs(out *values) {
	if text, ok := out.read(r.procPath("net/ip_vs_stats")); ok {
		out.ipvsStats(text)
	}
	if text, ok := out.read(r.procPath("net/ip_vs")); ok {
		out.ipvsBackends(text)
	}
}

const (
	ipvsStatsFile = "/proc/net/ip_vs_stats"
	ipvsFile      = "/proc/net/ip_vs"
)

// ipvsTotals are the columns of the totals in ip_vs_stats, in hexadecimal.
var ipvsTotals = []string{
	"ipvs_connections_total", "ipvs_incoming_packets_total", "ipvs_outgoing_packets_total",
	"ipvs_incoming_bytes_total", "ipvs_outgoing_bytes_total",
}

func (v *values) ipvsStats(text string) {
	fields := ipvsTotalLine(splitLines(text))
	if fields == nil {
		v.Lost(ipvsStatsFile, "no line of 5 numbers")
		return
	}
	for i, name := range ipvsTotals {
		if n, ok := v.hexadecimal(ipvsStatsFile, fields[i]); ok {
			v.add(name, float64(n))
		}
	}
}

// ipvsTotalLine returns the columns of the totals: the first line of five columns, most of
// them numbers, before the heading of the rates. An odd line before it costs nothing.
func ipvsTotalLine(lines []string) []string {
	for _, line := range lines {
		fields := strings.Fields(line)
		if len(fields) > 0 && fields[0] == "Conns/s" {
			return nil
		}
		if len(fields) == len(ipvsTotals) && 2*countHexadecimal(fields) > len(fields) {
			return fields
		}
	}
	return nil
}

func countHexadecimal(fields []string) int {
	n := 0
	for _, field := range fields {
		if _, err := strconv.ParseUint(field, 16, 64); err == nil {
			n++
		}
	}
	return n
}

// ipvsService is what a line such as "TCP  C0A80016:0CEA wlc" begins.
type ipvsService struct{ address, port, proto, mark string }

// ipvsBackends shows the lines "-> C0A85216:0CEA Tunnel 100 248 2" below each service.
func (v *values) ipvsBackends(text string) {
	var service ipvsService
	known := false
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0] == "IP" || fields[0] == "Prot" || fields[1] == "RemoteAddress:Port" {
			continue
		}
		switch {
		case fields[0] == "FWM":
			service, known = ipvsService{proto: fields[0], mark: fields[1], port: "0"}, true
		case fields[0] != "->":
			address, port, ok := parseIPVSAddress(fields[1])
			if known = ok; !ok {
				v.Lost(ipvsFile, "a service without address")
				continue
			}
			service = ipvsService{address: address, port: port, proto: fields[0]}
		case known:
			v.ipvsBackend(&service, fields)
		}
	}
}

// ipvsColumns are the columns of a backend's line.
var ipvsColumns = []struct {
	column int
	metric string
}{
	{3, "ipvs_backend_weight"},
	{4, "ipvs_backend_connections_active"},
	{5, "ipvs_backend_connections_inactive"},
}

func (v *values) ipvsBackend(s *ipvsService, fields []string) {
	address, port, ok := parseIPVSAddress(fields[1])
	if !ok || len(fields) < 6 {
		v.Lost(ipvsFile, "a server without address or columns")
		return
	}
	labels := []Label{
		{"local_address", s.address},
		{"local_mark", s.mark},
		{"local_port", s.port},
		{"proto", s.proto},
		{"remote_address", address},
		{"remote_port", port},
	}
	for _, c := range ipvsColumns {
		if n, ok := v.Counter(ipvsFile+": "+c.metric, fields[c.column]); ok {
			v.add(c.metric, float64(n), labels...)
		}
	}
}

// parseIPVSAddress parses "C0A80016:0CEA" and "[2001:0db8::1]:0050", the port in
// hexadecimal.
func parseIPVSAddress(s string) (address, port string, ok bool) {
	colon := strings.LastIndexByte(s, ':')
	if colon < 0 {
		return "", "", false
	}
	number, err := strconv.ParseUint(s[colon+1:], 16, 16)
	if err != nil {
		return "", "", false
	}
	host := s[:colon]
	if strings.HasPrefix(host, "[") {
		ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
		return ip.String(), strconv.FormatUint(number, 10), err == nil
	}
	b, err := hex.DecodeString(host)
	if err != nil || len(b) != 4 {
		return "", "", false
	}
	return netip.AddrFrom4([4]byte(b)).String(), strconv.FormatUint(number, 10), true
}
