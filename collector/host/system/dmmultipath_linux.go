package system

import (
	"slices"
	"strings"
)

// dmMultipath shows the devices of which the device mapper knows several paths, and the
// state of each path.
func (r *reader) dmMultipath(out *values) {
	block := r.sysPath("block")
	for _, dm := range out.devices(block, "dm-") {
		uuid := out.text(join(block, dm, "dm/uuid"))
		if !strings.HasPrefix(uuid, "mpath-") {
			continue
		}
		name := device(out.text(join(block, dm, "dm/name")))
		labels := []Label{name, {"sysfs_name", dm}}
		out.add("dmmultipath_device_info", 1, name, labels[1], Label{"uuid", uuid})
		if suspended, ok := out.word(join(block, dm, "dm/suspended"), []string{"0", "1"}); ok {
			active := 1.0
			if suspended == "1" {
				active = 0
			}
			out.add("dmmultipath_device_active", active, labels...)
		}
		if sectors, ok := out.unsigned(join(block, dm, "size")); ok {
			out.add("dmmultipath_device_size_bytes", float64(sectors*sectorBytes), labels...)
		}
		out.paths(block, dm, name, labels)
	}
}

// pathStates are the states of a path: those of SCSI (sdev_states of
// drivers/scsi/scsi_sysfs.c) and of NVMe (nvme_sysfs_show_state of drivers/nvme/host/sysfs.c).
var pathStates = []string{
	"created", "running", "cancel", "deleted", "quiesce", "offline", "transport-offline", "blocked", "created-blocked",
	"new", "live", "resetting", "connecting", "deleting", "deleting (no IO)", "dead",
}

// paths shows the paths of a device. One whose driver has no state is among those that are
// not active; one whose state is odd makes their numbers unknown.
func (v *values) paths(block, dm string, name Label, labels []Label) {
	paths, listed := v.allDevices(join(block, dm, "slaves"), "")
	active, known := 0, listed
	for _, path := range paths {
		file := join(block, path, "device/state")
		state, err := v.readAttribute(file)
		if err == nil && !slices.Contains(pathStates, state) {
			err = errUnknownWord
		}
		if !v.has(file, err) {
			known = known && lacks(err)
			continue
		}
		// The first is the word of SCSI for it, the second that of NVMe.
		if state == "running" || state == "live" {
			active++
		}
		v.add("dmmultipath_path_state", 1, name, Label{"path", path}, Label{"state", state})
	}
	if listed {
		v.add("dmmultipath_device_paths", float64(len(paths)), labels...)
	}
	if known {
		v.add("dmmultipath_device_paths_active", float64(active), labels...)
		v.add("dmmultipath_device_paths_failed", float64(len(paths)-active), labels...)
	}
}
