package system

import (
	"slices"
	"strings"

	"proctree/collector/host/procfile"
)

// conntrackColumns are the columns of /proc/net/stat/nf_conntrack that are shown; the first
// line of the file names them.
var conntrackColumns = []string{
	"found", "invalid", "ignore", "insert", "insert_failed", "drop", "early_drop", "search_restart",
}

// conntrack reads the table of connections of netfilter. It is missing unless a rule or a
// module tracks connections.
func (r *reader) conntrack(out *values) {
	out.addUnsigned("nf_conntrack_entries", r.procPath("sys/net/netfilter/nf_conntrack_count"))
	out.addUnsigned("nf_conntrack_entries_limit", r.procPath("sys/net/netfilter/nf_conntrack_max"))
	if text, ok := out.readSummands(r.procPath("net/stat/nf_conntrack")); ok {
		out.conntrackStat(text)
	}
}

const conntrackFile = "/proc/net/stat/nf_conntrack"

// conntrackStat adds up each column over the CPUs, which have a line each, in hexadecimal.
// A number that is odd makes the sum of its column unknown, a line of another length those
// of all columns.
func (v *values) conntrackStat(text string) {
	var header []string
	var sums []uint64
	var known []bool
	for line := range procfile.Lines(text) {
		fields := strings.Fields(line)
		if header == nil {
			header, sums, known = fields, make([]uint64, len(fields)), slices.Repeat([]bool{true}, len(fields))
			continue
		}
		if len(fields) != len(header) {
			v.Lost(conntrackFile, "a line of another length than the first")
			return
		}
		for i, field := range fields {
			n, ok := v.hexadecimal(conntrackFile+": "+header[i], field)
			known[i] = known[i] && ok
			sums[i] += n
		}
	}
	for _, column := range conntrackColumns {
		if i := slices.Index(header, column); i >= 0 && known[i] {
			v.add("nf_conntrack_stat_"+column, float64(sums[i]))
		}
	}
}
