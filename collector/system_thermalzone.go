package collector

import "proctree/collector/host/system"

func newSystemThermalZone(o Options) Collector {
	return newValues(o, system.ThermalZone,
		o.valueGauge("thermal_zone_temp", "Temperature of a thermal zone in degrees Celsius.", "type", "zone"),
		o.valueGauge("cooling_device_cur_state", "Current state of a cooling device; 0 is no cooling.", "name", "type"),
		o.valueGauge("cooling_device_max_state", "Highest state of a cooling device.", "name", "type"),
	)
}
