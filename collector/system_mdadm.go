package collector

import "proctree/collector/host/system"

func newSystemMDAdm(o Options) Collector {
	return newValues(o, system.MDAdm,
		o.valueGauge("md_state", "1 for the state that a RAID array is in, 0 for the others.", "device", "state"),
		o.valueGauge("md_disks", "Disks of a RAID array that are active, failed and spare.", "device", "state"),
		o.valueGauge("md_disks_required", "Disks that a RAID array needs.", "device"),
		o.valueGauge("md_blocks", "Blocks of a RAID array.", "device"),
		o.valueGauge("md_blocks_synced", "Blocks of a RAID array that are synchronized.", "device"),
		o.valueGauge("md_raid_disks", "Disks of a fully functional RAID array.", "device"),
		o.valueGauge("md_degraded", "Disks by which a RAID array is degraded.", "device"),
	)
}
