package system

import (
	"os"
	"slices"
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
			if _, err := os.Lstat(join(class, master)); err != nil {
				out.Lost(join(class, "bonding_masters"), "names a device that is not there")
			}
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

// miiStates are the words for the link of a slave (bond_slave_link_status of
// include/net/bonding.h), but for "unknown".
var miiStates = []string{"up", "down", "going down", "going back"}

// activeSlaves counts the slaves whose link is up. One that cannot be asked makes the count
// unknown.
func (v *values) activeSlaves(master string, slaves []string) (active int, ok bool) {
	for _, slave := range slaves {
		link := join(master, "lower_"+slave)
		if _, err := os.Lstat(link); err != nil {
			link = join(master, "slave_"+slave) // The name of the link before Linux 3.9.
		}
		state, ok := v.attribute(join(link, "bonding_slave/mii_status"))
		if !ok || !slices.Contains(miiStates, state) {
			v.Lost(master+": "+part(slave), "no mii_status")
			return 0, false
		}
		if state == "up" {
			active++
		}
	}
	return active, true
}
