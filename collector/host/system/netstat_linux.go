package system

import (
	"strconv"
	"strings"
)

// netstat reads the counters of the network protocols. /proc/net/snmp6 is missing where
// IPv6 is switched off.
func (r *reader) netstat(out *values) {
	for _, file := range []string{"net/netstat", "net/snmp"} {
		if text, ok := out.read(r.procPath(file)); ok {
			out.netstatPairs(file, text, r.cfg.Netstat)
		}
	}
	if text, ok := out.read(r.procPath("net/snmp6")); ok {
		out.netstatLines(text, r.cfg.Netstat)
	}
}

// netstatPairs parses pairs of lines: "Tcp: RtoMin RtoMax", "Tcp: 200 120000". A line
// without its counterpart, and a pair of different lengths, costs this pair only.
func (v *values) netstatPairs(file, text string, allowed Filter) {
	var header []string
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0:
			continue
		case !strings.HasSuffix(fields[0], ":"):
			// It may stand between a line of names and its values, which stay a pair.
			v.Lost(file, "a line without protocol")
			continue
		case len(fields) < 2:
			v.Lost(file+": "+part(fields[0]), "neither names nor values")
			continue
		case header == nil || header[0] != fields[0] || !isNumber(fields[1]):
			if header != nil || isNumber(fields[1]) {
				v.Lost(file+": "+part(fields[0]), "not both lines, names and values")
			}
			header = nil
			if !isNumber(fields[1]) {
				header = fields
			}
			continue
		case len(header) != len(fields):
			v.Lost(file+": "+part(fields[0]), "as many values as names")
		default:
			protocol := strings.TrimSuffix(header[0], ":")
			for i := 1; i < len(fields); i++ {
				v.netstatValue(protocol+"_"+header[i], fields[i], allowed)
			}
		}
		header = nil
	}
	if header != nil {
		v.Lost(file+": "+part(header[0]), "names without values")
	}
}

func isNumber(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

// netstatLines parses lines such as "Ip6InReceives 7": the protocol ends with the 6.
func (v *values) netstatLines(text string, allowed Filter) {
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			if len(fields) > 0 {
				v.Lost("netstat: "+part(fields[0]), "a name without value")
			}
			continue
		}
		if protocol, name, ok := strings.Cut(fields[0], "6"); ok {
			v.netstatValue(protocol+"6_"+name, fields[1], allowed)
		}
	}
}

func (v *values) netstatValue(name, text string, allowed Filter) {
	if !isMetricPart(name) {
		v.Lost("netstat", "a name that is none")
		return
	}
	if !allowed.Allows(name) {
		return
	}
	// The largest number of connections is -1 where there is no limit.
	if name == "Tcp_MaxConn" && text == "-1" {
		v.add("netstat_"+name, -1)
	} else if n, ok := v.Counter("netstat: "+name, text); ok {
		v.add("netstat_"+name, float64(n))
	}
}
