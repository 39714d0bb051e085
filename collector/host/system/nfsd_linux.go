package system

import "slices"

// nfsd reads what this host does as a server of NFS, from /proc/net/rpc/nfsd
// (fs/nfsd/stats.c). The file is missing until the kernel has the server loaded.
func (r *reader) nfsd(out *values) {
	text, ok := out.read(r.procPath("net/rpc/nfsd"))
	if !ok {
		return
	}
	lines := out.rpcLines("/proc/net/rpc/nfsd", text)
	for _, l := range nfsdLines {
		out.rpcColumns(l.word, lines, l.want, l.columns)
	}
	for _, p := range []struct {
		word, version string
		methods       []string
		atLeast       int
		hidden        []string
	}{
		{"proc2", "2", nfs2Methods, len(nfs2Methods), []string{"Null"}},
		{"proc3", "3", nfs3Methods, len(nfs3Methods), []string{"Null"}},
		// The last came with Linux 2.6.
		{"proc4ops", "4", nfs4ServerMethods, len(nfs4ServerMethods) - 1, []string{"", "PutPubFH", "PutRootFH"}},
	} {
		numbers, ok := lines[p.word]
		if !ok {
			continue
		}
		counts, ok := numbers.procedures(p.atLeast)
		if !ok {
			out.Lost("/proc/net/rpc/nfsd: "+p.word, "not as many counts as it says")
			continue
		}
		for i, method := range p.methods {
			if i < len(counts) && counts[i] != nil && !slices.Contains(p.hidden, method) {
				out.add("nfsd_requests_total", float64(*counts[i]), Label{"method", method}, Label{"proto", p.version})
			}
		}
	}
}

// nfsdLines are the lines that are shown, besides those of the procedures. The others are
// not used by the kernel any longer.
var nfsdLines = []struct {
	word    string
	want    int
	columns []rpcColumn
}{
	{"rc", 3, []rpcColumn{
		{0, "nfsd_reply_cache_hits_total", nil},
		{1, "nfsd_reply_cache_misses_total", nil},
		{2, "nfsd_reply_cache_nocache_total", nil},
	}},
	{"fh", 5, []rpcColumn{{0, "nfsd_file_handles_stale_total", nil}}},
	{"io", 2, []rpcColumn{
		{0, "nfsd_disk_bytes_read_total", nil},
		{1, "nfsd_disk_bytes_written_total", nil},
	}},
	{"th", 2, []rpcColumn{{0, "nfsd_server_threads", nil}}},
	{"ra", 12, []rpcColumn{
		{0, "nfsd_read_ahead_cache_size_blocks", nil},
		{11, "nfsd_read_ahead_cache_not_found_total", nil},
	}},
	{"net", 4, []rpcColumn{
		{1, "nfsd_packets_total", []Label{{"proto", "udp"}}},
		{2, "nfsd_packets_total", []Label{{"proto", "tcp"}}},
		{3, "nfsd_connections_total", nil},
	}},
	{"rpc", 5, []rpcColumn{
		{0, "nfsd_server_rpcs_total", nil},
		{2, "nfsd_rpc_errors_total", []Label{{"error", "fmt"}}},
		{3, "nfsd_rpc_errors_total", []Label{{"error", "auth"}}},
		{4, "nfsd_rpc_errors_total", []Label{{"error", "cInt"}}},
	}},
	{"wdeleg_getattr", 1, []rpcColumn{
		{0, "nfsd_requests_total", []Label{{"method", "WdelegGetattr"}, {"proto", "4"}}},
	}},
}

// nfs4ServerMethods are the operations of NFSv4 by their numbers (RFC 7530, 16); the first
// three are none.
var nfs4ServerMethods = []string{
	"", "", "", "Access", "Close", "Commit", "Create", "DelegPurge", "DelegReturn", "GetAttr", "GetFH", "Link", "Lock",
	"Lockt", "Locku", "Lookup", "LookupRoot", "Nverify", "Open", "OpenAttr", "OpenConfirm", "OpenDgrd", "PutFH",
	"PutPubFH", "PutRootFH", "Read", "ReadDir", "ReadLink", "Remove", "Rename", "Renew", "RestoreFH", "SaveFH",
	"SecInfo", "SetAttr", "SetClientID", "SetClientIDConfirm", "Verify", "Write", "RelLockOwner",
}
