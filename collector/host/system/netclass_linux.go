package system

import "golang.org/x/sys/unix"

// netAttributes are the numbers of /sys/class/net/DEVICE
// (Documentation/ABI/testing/sysfs-class-net).
var netAttributes = []struct{ file, metric string }{
	{"addr_assign_type", "network_address_assign_type"},
	{"carrier", "network_carrier"},
	{"carrier_changes", "network_carrier_changes_total"},
	{"carrier_up_count", "network_carrier_up_changes_total"},
	{"carrier_down_count", "network_carrier_down_changes_total"},
	{"dev_id", "network_device_id"},
	{"dormant", "network_dormant"},
	{"ifindex", "network_iface_id"},
	{"iflink", "network_iface_link"},
	{"link_mode", "network_iface_link_mode"},
	{"mtu", "network_mtu_bytes"},
	{"name_assign_type", "network_name_assign_type"},
	{"netdev_group", "network_net_dev_group"},
	{"tx_queue_len", "network_transmit_queue_length"},
	{"type", "network_protocol_type"},
}

// operStates are the states of a device (operstates of net/core/net-sysfs.c, RFC 2863).
var operStates = []string{"unknown", "notpresent", "down", "lowerlayerdown", "testing", "dormant", "up"}

func (r *reader) netClass(out *values) {
	class := r.sysPath("class/net")
	for _, name := range out.devices(class, "") {
		if !r.cfg.NetClass.Allows(name) {
			continue
		}
		dir, label := join(class, name), device(name)
		for _, a := range netAttributes {
			if n, ok := out.signed(join(dir, a.file)); ok && n < 0 {
				out.Lost(join(dir, a.file), "below zero")
			} else if ok {
				out.add(a.metric, float64(n), label)
			}
		}
		if speed, ok := out.signed(join(dir, "speed")); ok && speed < -1 {
			out.Lost(join(dir, "speed"), "below zero")
		} else if ok && (speed >= 0 || !r.cfg.IgnoreInvalidSpeed) {
			// From megabits per second; -1 is not known, as of a virtual device.
			out.add("network_speed_bytes", float64(speed*1000*1000/8), label)
		}
		out.netState(dir, label)
	}
}

// netState shows what of a device is no number.
func (v *values) netState(dir string, name Label) {
	admin := "unknown"
	if flags, ok := v.signed(join(dir, "flags")); ok {
		v.add("network_flags", float64(flags), name)
		admin = "down"
		if flags&unix.IFF_UP != 0 {
			admin = "up"
		}
	}
	state, ok := v.word(join(dir, "operstate"), operStates)
	if !ok {
		state = ""
	}
	if ok {
		var up float64
		if state == "up" {
			up = 1
		}
		v.add("network_up", up, name)
	}
	v.add("network_info", 1, Label{"address", v.text(join(dir, "address"))}, Label{"adminstate", admin},
		Label{"broadcast", v.text(join(dir, "broadcast"))}, name, Label{"duplex", v.text(join(dir, "duplex"))},
		Label{"ifalias", v.text(join(dir, "ifalias"))}, Label{"operstate", state})
}
