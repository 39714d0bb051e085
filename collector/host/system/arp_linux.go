package system

import (
	"maps"
	"net/netip"
	"slices"
	"strings"

	"proctree/collector/host/procfile"
)

const arpFile = "/proc/net/arp"

func isAddress(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil
}

// arp counts the entries of /proc/net/arp per device.
func (r *reader) arp(out *values) {
	text, ok := out.read(r.procPath("net/arp"))
	if !ok {
		return
	}
	entries := make(map[string]int)
	for line := range procfile.Lines(text) {
		fields := strings.Fields(line)
		switch {
		case fields[0] == "IP": // The heading, "IP address".
		case len(fields) < 6:
			out.Lost(arpFile, "fewer than 6 columns")
		case !isAddress(fields[0]):
			out.Lost(arpFile, "not an address")
		case !isDevice(fields[5]) || strings.ContainsAny(fields[5], "/:"):
			out.Lost(arpFile, "not a device")
		default:
			entries[fields[5]]++
		}
	}
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		if r.cfg.ARP.Allows(name) {
			out.add("arp_entries", float64(entries[name]), device(name))
		}
	}
}
