package collector

import "proctree/collector/host/system"

func newSystemDMMultipath(o Options) Collector {
	const dev, name = "device", "sysfs_name"
	return newValues(o, system.DMMultipath,
		o.valueGauge("dmmultipath_device_info", "1, with the names of a multipath device.", dev, name, "uuid"),
		o.valueGauge("dmmultipath_device_active", "1 if a multipath device is active, 0 if it is suspended.", dev, name),
		o.valueGauge("dmmultipath_device_size_bytes", "Size of a multipath device.", dev, name),
		o.valueGauge("dmmultipath_device_paths", "Paths of a multipath device.", dev, name),
		o.valueGauge("dmmultipath_device_paths_active", "Paths of a multipath device that are active.", dev, name),
		o.valueGauge("dmmultipath_device_paths_failed", "Paths of a multipath device that are not active.", dev, name),
		o.valueGauge("dmmultipath_path_state", "1, with the state of a path.", dev, "path", "state"),
	)
}
