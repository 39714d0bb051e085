package system

import (
	"os"
	"strings"
)

// sockstat reads the sockets in use and their memory. The file of a protocol that the kernel
// lacks is missing.
func (r *reader) sockstat(out *values) {
	for _, file := range []string{"net/sockstat", "net/sockstat6"} {
		if text, ok := out.read(r.procPath(file)); ok {
			out.sockstatLines(text)
		}
	}
}

// sockstatKeys are the words that lines of sockstat have, beside "used" of "sockets:".
var sockstatKeys = map[string]bool{
	"inuse": true, "orphan": true, "tw": true, "alloc": true, "mem": true, "memory": true,
}

// sockstatLines parses lines such as "TCP: inuse 4 orphan 0 mem 1".
func (v *values) sockstatLines(text string) {
	for line := range strings.Lines(text) {
		protocol, rest, _ := strings.Cut(strings.TrimSpace(line), ":")
		fields := strings.Fields(rest)
		if len(fields) == 0 && protocol == "" {
			continue
		}
		if !isMetricPart(protocol) {
			v.Lost("sockstat", "a line without protocol")
			continue
		}
		if len(fields)%2 != 0 || len(fields) == 0 {
			v.Lost("sockstat: "+part(protocol), "a name without value")
			continue
		}
		for i := 0; i < len(fields); i += 2 {
			key := fields[i]
			if !sockstatKeys[key] && (protocol != "sockets" || key != "used") {
				continue
			}
			// The kernel adds these up over CPUs that count in different places: a sum can be
			// below 0 for a moment. It is not known then.
			n, ok := v.Tasks("sockstat: "+protocol+" "+key, fields[i+1])
			if !ok {
				continue
			}
			v.add("sockstat_"+protocol+"_"+key, float64(n))
			if key == "mem" {
				v.add("sockstat_"+protocol+"_mem_bytes", float64(n*uint64(os.Getpagesize())))
			}
		}
	}
}
