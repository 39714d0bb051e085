package system

// nfs reads what this host does as a client of NFS, from /proc/net/rpc/nfs
// (net/sunrpc/stats.c). The file is missing until the kernel has the client loaded.
func (r *reader) nfs(out *values) {
	text, ok := out.read(r.procPath("net/rpc/nfs"))
	if !ok {
		return
	}
	lines := out.rpcLines("/proc/net/rpc/nfs", text)
	out.rpcColumns("net", lines, 4, []rpcColumn{
		{1, "nfs_packets_total", []Label{{"protocol", "udp"}}},
		{2, "nfs_packets_total", []Label{{"protocol", "tcp"}}},
		{3, "nfs_connections_total", nil},
	})
	out.rpcColumns("rpc", lines, 3, []rpcColumn{
		{0, "nfs_rpcs_total", nil},
		{1, "nfs_rpc_retransmissions_total", nil},
		{2, "nfs_rpc_authentication_refreshes_total", nil},
	})
	for _, p := range []struct {
		word, version string
		methods       []string
		atLeast       int
	}{
		{"proc2", "2", nfs2Methods, len(nfs2Methods)},
		{"proc3", "3", nfs3Methods, len(nfs3Methods)},
		{"proc4", "4", nfs4ClientMethods, 0},
	} {
		numbers, ok := lines[p.word]
		if !ok {
			continue
		}
		counts, ok := numbers.procedures(p.atLeast)
		if !ok {
			out.Lost("/proc/net/rpc/nfs: "+p.word, "not as many counts as it says")
			continue
		}
		for i, method := range p.methods {
			// A procedure that this kernel does not have yet was called by nobody.
			n := new(uint64)
			if i < len(counts) {
				n = counts[i]
			}
			if n != nil {
				out.add("nfs_requests_total", float64(*n), Label{"method", method}, Label{"proto", p.version})
			}
		}
	}
}

// The procedures in the kernel's order (fs/nfs/nfs2xdr.c, nfs3xdr.c, nfs4xdr.c), by the
// names that node_exporter has for them.
var (
	nfs2Methods = []string{
		"Null", "GetAttr", "SetAttr", "Root", "Lookup", "ReadLink", "Read", "WrCache", "Write", "Create",
		"Remove", "Rename", "Link", "SymLink", "MkDir", "RmDir", "ReadDir", "FsStat",
	}
	nfs3Methods = []string{
		"Null", "GetAttr", "SetAttr", "Lookup", "Access", "ReadLink", "Read", "Write", "Create", "MkDir",
		"SymLink", "MkNod", "Remove", "RmDir", "Rename", "Link", "ReadDir", "ReadDirPlus", "FsStat", "FsInfo",
		"PathConf", "Commit",
	}
	nfs4ClientMethods = []string{
		"Null", "Read", "Write", "Commit", "Open", "OpenConfirm", "OpenNoattr", "OpenDowngrade", "Close", "Setattr",
		"FsInfo", "Renew", "SetClientID", "SetClientIDConfirm", "Lock", "Lockt", "Locku", "Access", "Getattr", "Lookup",
		"LookupRoot", "Remove", "Rename", "Link", "Symlink", "Create", "Pathconf", "StatFs", "ReadLink", "ReadDir",
		"ServerCaps", "DelegReturn", "GetACL", "SetACL", "FsLocations", "ReleaseLockowner", "Secinfo", "FsidPresent",
		"ExchangeID", "CreateSession", "DestroySession", "Sequence", "GetLeaseTime", "ReclaimComplete", "GetDeviceInfo",
		"LayoutGet", "LayoutCommit", "LayoutReturn", "SecinfoNoName", "TestStateID", "FreeStateID", "GetDeviceList",
		"BindConnToSession", "DestroyClientID", "Seek", "Allocate", "DeAllocate", "LayoutStats", "Clone",
	}
)
