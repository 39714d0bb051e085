package system

import "strings"

// thermalZone reads the zones and the cooling devices of the kernel's thermal framework
// (Documentation/driver-api/thermal/sysfs-api.rst).
func (r *reader) thermalZone(out *values) {
	class := r.sysPath("class/thermal")
	for _, zone := range out.numbered(class, "thermal_zone") {
		kind := out.needName(join(class, zone, "type"))
		if n, ok := out.signed(join(class, zone, "temp")); ok {
			out.add("thermal_zone_temp", float64(n)/1000, Label{"type", kind},
				Label{"zone", strings.TrimPrefix(zone, "thermal_zone")})
		}
	}
	for _, cooler := range out.numbered(class, "cooling_device") {
		kind := out.needName(join(class, cooler, "type"))
		labels := []Label{{"name", strings.TrimPrefix(cooler, "cooling_device")}, {"type", kind}}
		if n, ok := out.signed(join(class, cooler, "cur_state")); ok {
			out.add("cooling_device_cur_state", float64(n), labels...)
		}
		if n, ok := out.signed(join(class, cooler, "max_state")); ok {
			out.add("cooling_device_max_state", float64(n), labels...)
		}
	}
}
