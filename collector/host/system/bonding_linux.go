package system

import (
	"strings"
)

// bonding counts the slaves of each bonding interface and those of them that have a link
// (Documentation/networking/bonding.rst).
func (r *reader) bonding(out *values) {
	class := r.sysPath("class/net")
	masters, ok := out.attribute(join(class, "bonding_masters"))
	if !ok {
		return
	}
	for master := range strings.FieldsSeq(masters) {
		names, ok := out.attribute(join(class, master, "bonding/slaves"))
		if !ok {
			continue
		}
		slaves := strings.Fields(names)
		label := Label{"master", master}
		out.add("bonding_slaves", float64(len(slaves)), label)
		if active, ok := out.activeSlaves(join(class, master), slaves); ok {
			out.add("bonding_active", float64(active), label)
		}
	}
}

// activeSlaves counts the slaves whose link is up. One that cannot be asked makes the count
// unknown.
func (v *values) activeSlaves(master string, slaves []string) (active int, ok bool) {
	for _, slave := range slaves {
		state, ok := v.attribute(join(master, "lower_"+slave, "bonding_slave/mii_status"))
		if !ok {
			// Before Linux 3.9 the link to a slave had another name.
			state, ok = v.attribute(join(master, "slave_"+slave, "bonding_slave/mii_status"))
		}
		if !ok {
			v.Lost(master+": "+slave, "no mii_status")
			return 0, false
		}
		if state == "up" {
			active++
		}
	}
	return active, true
}
