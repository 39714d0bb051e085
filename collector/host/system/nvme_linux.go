package system

import (
	"strconv"
	"strings"
)

// nvme shows the controllers and name spaces of NVMe disks.
func (r *reader) nvme(out *values) {
	class := r.sysPath("class/nvme")
	for _, name := range out.devices(class, "") {
		dir, controller := join(class, name), device(name)
		out.add("nvme_info", 1, Label{"cntlid", out.text(join(dir, "cntlid"))}, controller,
			Label{"firmware_revision", out.text(join(dir, "firmware_rev"))}, Label{"model", out.text(join(dir, "model"))},
			Label{"serial", out.text(join(dir, "serial"))}, Label{"state", out.text(join(dir, "state"))})
		for _, namespace := range out.devices(dir, name+"n") {
			number := strings.TrimPrefix(namespace, name+"n")
			if _, err := strconv.ParseUint(number, 10, 32); err == nil {
				out.nvmeNamespace(join(dir, namespace), controller, number)
			}
		}
	}
}

func (v *values) nvmeNamespace(dir string, controller Label, number string) {
	state := v.text(join(dir, "ana_state"))
	if state == "" {
		state = "unknown"
	}
	labels := []Label{controller, {"nsid", number}}
	v.add("nvme_namespace_info", 1, Label{"ana_state", state}, controller, labels[1])
	block, ok := v.unsigned(join(dir, "queue/logical_block_size"))
	if !ok {
		return
	}
	v.add("nvme_namespace_logical_block_size_bytes", float64(block), labels...)
	if used, ok := v.unsigned(join(dir, "nuse")); ok {
		v.add("nvme_namespace_used_bytes", float64(used*block), labels...)
	}
	// node_exporter multiplies with the block size of the disk, whose size the kernel gives
	// in sectors of 512 bytes: of a disk with larger blocks the product is too large there,
	// and so it is here, for the values have to be the same.
	if size, ok := v.unsigned(join(dir, "size")); ok {
		v.add("nvme_namespace_size_bytes", float64(size*block), labels...)
		v.add("nvme_namespace_capacity_bytes", float64(size*block), labels...)
	}
}
