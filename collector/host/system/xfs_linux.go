package system

import (
	"strings"

	"proctree/collector/host/procfile"
)

// xfsColumns are the lines of /sys/fs/xfs/DEVICE/stats/stats and what their numbers are
// (fs/xfs/xfs_stats.h); lines and columns that are not here are not shown.
var xfsColumns = map[string][]string{
	"extent_alloc": {
		"extent_allocation_extents_allocated", "extent_allocation_blocks_allocated",
		"extent_allocation_extents_freed", "extent_allocation_blocks_freed",
	},
	"abt": {
		"allocation_btree_lookups", "allocation_btree_compares",
		"allocation_btree_records_inserted", "allocation_btree_records_deleted",
	},
	"blk_map": {
		"block_mapping_reads", "block_mapping_writes", "block_mapping_unmaps", "block_mapping_extent_list_insertions",
		"block_mapping_extent_list_deletions", "block_mapping_extent_list_lookups", "block_mapping_extent_list_compares",
	},
	"bmbt": {
		"block_map_btree_lookups", "block_map_btree_compares",
		"block_map_btree_records_inserted", "block_map_btree_records_deleted",
	},
	"dir": {
		"directory_operation_lookup", "directory_operation_create", "directory_operation_remove",
		"directory_operation_getdents",
	},
	"ig": {
		"inode_operation_attempts", "inode_operation_found", "inode_operation_recycled", "inode_operation_missed",
		"inode_operation_duplicates", "inode_operation_reclaims", "inode_operation_attribute_changes",
	},
	"rw": {"write_calls", "read_calls"},
	"vnodes": {
		"vnode_active", "vnode_allocate", "vnode_get", "vnode_hold", "vnode_release", "vnode_reclaim", "vnode_remove",
	},
}

func (r *reader) xfs(out *values) {
	dir := r.sysPath("fs/xfs")
	for _, name := range out.devices(dir, "") {
		if name == "stats" {
			continue // The sums over all file systems.
		}
		if text, ok := out.content(join(dir, name, "stats/stats")); ok {
			out.xfsStats(name, text)
		}
	}
}

func (v *values) xfsStats(name, text string) {
	v.NeedLine("xfs "+name, text)
	for line := range procfile.Lines(text) {
		fields := strings.Fields(line)
		if !isMetricPart(fields[0]) {
			v.Lost("xfs "+name, "a line without name")
			continue
		}
		columns := xfsColumns[fields[0]]
		if len(fields) <= len(columns) {
			v.Lost("xfs "+name+": "+fields[0], "fewer columns than any kernel writes")
			continue
		}
		for i, column := range columns {
			if n, ok := v.Counter("xfs "+name+": "+column, fields[i+1]); ok {
				v.add("xfs_"+column+"_total", float64(n), device(name))
			}
		}
	}
}
