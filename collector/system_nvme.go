package collector

import "proctree/collector/host/system"

func newSystemNVMe(o Options) Collector {
	const dev, ns = "device", "nsid"
	return newValues(o, system.NVMe,
		o.valueGauge("nvme_info", "1, with what of an NVMe controller is no number.", "cntlid", dev, "firmware_revision", "model", "serial", "state"),
		o.valueGauge("nvme_namespace_info", "1, with the state of access to an NVMe name space.", "ana_state", dev, ns),
		o.valueGauge("nvme_namespace_capacity_bytes", "Capacity of an NVMe name space.", dev, ns),
		o.valueGauge("nvme_namespace_size_bytes", "Size of an NVMe name space.", dev, ns),
		o.valueGauge("nvme_namespace_used_bytes", "Bytes of an NVMe name space that are in use.", dev, ns),
		o.valueGauge("nvme_namespace_logical_block_size_bytes", "Size of a logical block of an NVMe name space.", dev, ns),
	)
}
