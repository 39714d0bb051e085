package system

// dmiFiles are the files of /sys/class/dmi/id, sorted by the label that each becomes. Those
// with serial numbers only root can read.
var dmiFiles = []string{
	"bios_date", "bios_release", "bios_vendor", "bios_version", "board_asset_tag", "board_name", "board_serial",
	"board_vendor", "board_version", "chassis_asset_tag", "chassis_serial", "chassis_vendor", "chassis_version",
	"product_family", "product_name", "product_serial", "product_sku", "product_uuid", "product_version", "sys_vendor",
}

// dmi shows what the firmware says about the machine (Documentation/ABI/testing/sysfs-firmware-dmi-tables).
func (r *reader) dmi(out *values) {
	var labels []Label
	for _, file := range dmiFiles {
		text, ok := out.attribute(r.sysPath("class/dmi/id", file))
		if !ok {
			continue
		}
		name := file
		if name == "sys_vendor" {
			name = "system_vendor"
		}
		labels = append(labels, Label{name, label(text)})
	}
	if labels != nil {
		out.add("dmi_info", 1, labels...)
	}
}
